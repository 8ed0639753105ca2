import StationDaemon
import Testing

@Suite struct PluginsFileTests {
  private static func granted(_ calls: String) -> String {
    "plugins:\n  x:\n    program: /bin/true\n    grants:\n      calls: \(calls)"
  }

  @Test(arguments: [
    granted("[directory.unit.get]"), granted("{directory.unit.get: [/id, /items/*/name]}"),
    granted("{directory.unit.get: []}"), granted("{directory.unit.get: all, support.get: [/id]}"),
    "plugins:\n  x: {program: /bin/true}",
    "plugins:\n  x: {program: /x, enabled: false}",
  ])
  func `an entry that fits is doubted by nobody`(more: String) throws {
    #expect(try Files.good(more: more).doubts() == [])
  }

  @Test(arguments: [
    (
      "plugins:\n  support: {program: /x}",
      ["stationd.yaml:8: ", "'plugins.support'", "a module of the daemon"]
    ),
    ("plugins:\n  x:\n    prgram: /x", ["stationd.yaml:9: ", "'plugins.x.prgram'", "'program'"]),
    ("plugins:\n  my-plugin: {program: /x}", ["stationd.yaml:8: ", "'plugins.my-plugin'", "a-z, 0-9"]),
    ("plugins:\n  x: /x", ["stationd.yaml:8: ", "'plugins.x'", "a mapping"]),
    ("plugins:\n  x:\n    program: /x", ["stationd.yaml:9: warning: 'plugins.x.program'", "No such file"]),
    (
      "plugins:\n  x: {program: /etc}",
      ["stationd.yaml:8: warning: 'plugins.x.program'", "/etc: is no file"]
    ),
    ("plugins:\n  x: {program: /etc/passwd}", ["stationd.yaml:8: ", "/etc/passwd: is not executable"]),
    (granted("[keyperson.get]"), ["warning: 'plugins.x.grants': 'keyperson.get' answers people only"]),
    (granted("directory.unit.get"), ["stationd.yaml:11: ", "'plugins.x.grants.calls'", "a list of methods"]),
    (granted("{directory.unit.get: [name]}"), ["stationd.yaml:11: ", "directory.unit.get'", "[/id, "]),
    (granted("{directory.unit.get: ['']}"), ["stationd.yaml:11: ", "directory.unit.get'", "[/id, "]),
    (granted("{directory.unit.get: [/id, name]}"), ["stationd.yaml:11: ", "directory.unit.get'", "[/id, "]),
    (granted("{directory.unit.get: }"), ["stationd.yaml:11: ", "directory.unit.get'", "[/id, "]),
    (granted("{directory.unit.get: null}"), ["stationd.yaml:11: ", "directory.unit.get'", "[/id, "]),
    (granted("{directory.unit.get: /id}"), ["stationd.yaml:11: ", "directory.unit.get'", "[/id, "]),
  ])
  func `one that does not is told with its place, and keeps nothing from its start`(
    more: String, says: [String]
  ) throws {
    let doubts = try Files.good(more: more + "\n  good: {program: /bin/true}").doubts()
    try #require(doubts.count == 1, "\(doubts)")
    for part in says { #expect(doubts[0].contains(part), "\(doubts[0])") }
  }
}
