import Foundation
import StationDaemon
import StationKit
import Testing

@Suite struct DataFileTests {
  static let text = #"""
    {
      "a": {"x": "not, {a] \" b",
            "b/c": [10,
                    {"d": null,
                     "\u0065": -1.5e3}, []]},
      "z":
        true
    }
    """#

  /// Pointers with the line that is told of each.
  static let places: [(pointer: String, line: Int)] = [
    ("", 1), ("/a", 2), ("/a/x", 2), ("/a/b~1c", 3), ("/a/b~1c/0", 3), ("/a/b~1c/1", 4),
    ("/a/b~1c/1/d", 4), ("/a/b~1c/1/e", 5), ("/a/b~1c/2", 5), ("/z", 6),
    // Of what is not there, the innermost around it.
    ("/y", 1), ("/a/y/z", 2), ("/a/x/0", 2), ("/a/b~1c/3", 3), ("/a/b~1c/1/f", 4), ("/z/0", 6),
  ]

  @Test(arguments: places.indices)
  func `a mistake is told with the line of its pointer`(index: Int) throws {
    let (pointer, line) = Self.places[index]
    let files = try Files(["data.json": Self.text])
    let file = try JSONFile(files.file("data.json"))
    let wrong = file.wrong("wrong", at: try #require(JSONPointer(pointer)))
    #expect(wrong.description == "\(files.file("data.json")):\(line): wrong")
  }

  /// A configuration whose file of one module is another one.
  private static func problem(_ module: BuiltInModule, _ text: String) throws -> String? {
    let files = try Files(["access.yaml": Files.goodAccess, "data.json": text])
    let key = module == .support ? "scenarios" : "rules"
    try files.configure(modules: "\(module.rawValue): {\(key): data.json}")
    return files.problem()
  }

  private static func shipped(_ module: BuiltInModule) throws -> String {
    try String(contentsOfFile: "\(Files.root)/etc/\(module.defaultFile)", encoding: .utf8)
  }

  @Test(arguments: BuiltInModule.allCases)
  func `a module's data that is none is told with its line`(module: BuiltInModule) throws {
    for text in ["[]", "{}", "{\"scenarios\": 1}", "{\"rules\": 1}"] {
      let problem = try #require(try Self.problem(module, text))
      #expect(problem.hasPrefix("data.json:1: "), "\(problem)")
    }
  }

  @Test(arguments: BuiltInModule.allCases)
  func `an unknown member is told with its line`(module: BuiltInModule) throws {
    let lines = try Self.shipped(module).split(separator: "\n", omittingEmptySubsequences: false)
    // The last one of the rules, or of the scenarios.
    let key = module == .support ? "\"number\":" : "\"effective\":"
    let place = try #require(lines.lastIndex { $0.contains(key) })
    var changed = lines.map(String.init)
    changed[place].replace(key, with: module == .support ? "\"nubmer\":" : "\"effectife\":")
    let problem = try #require(try Self.problem(module, changed.joined(separator: "\n")))
    let line = try #require(Int(problem.split(separator: ":").dropFirst().first ?? ""))
    // Where a member is missing, it is the line of what should have it.
    #expect((place - 2...place + 1).contains(line), "\(problem)")
  }

  /// Members that stand first in what they stand in: the file, a rule, and what else a module's file has.
  static let firsts: [(module: BuiltInModule, member: String)] = [
    (.stoploss, "rules"), (.stoploss, "effective"), (.stoploss, "code"), (.mediation, "rules"),
    (.mediation, "effective"), (.keyperson, "rules"), (.keyperson, "effective"), (.transfer, "rules"),
    (.transfer, "effective"), (.transfer, "legal"),
  ]

  @Test(arguments: firsts.indices)
  func `what nothing reads is refused wherever it stands`(index: Int) throws {
    let (module, member) = Self.firsts[index]
    var text = try Self.shipped(module)
    let place = try #require(text.range(of: "\"\(member)\":"))
    text.replaceSubrange(place, with: "\"zzz\": 1, \"\(member)\":")
    let problem = try #require(try Self.problem(module, text))
    #expect(problem.contains("zzz' is not known"), "\(problem)")
  }

  @Test func `a module's unit that the organisation has not is doubted, with the module's file`() throws {
    let text = try Self.shipped(.stoploss).replacing("\"desk\": \"anti-fraud\"", with: "\"desk\": \"nodesk\"")
    let files = try Files.good(
      more: """
          stoploss:
            rules: data.json
        directory: \(Files.root)/etc/directory.example.json
        """)
    try files.write("data.json", text)
    let doubts = try files.doubts()
    #expect(doubts.first == "data.json: warning: the organisation's file has no unit 'nodesk'", "\(doubts)")
  }

  private static let name = "\"name\": {\"en\": \"N\", \"zh\": \"名\"}"
  private static let bureau = "{\"id\": \"bureau\", \"kind\": \"bureau\", \(name)}"

  /// Organisations of a bureau and one more unit, with what is said of that.
  static let organisations: [(unit: String, says: String)] = [
    ("{\"id\": \"a\"}", "/units/1/kind"),
    (
      "{\"id\": \"a\", \"kind\": \"desk\", \(name), \"parent\": \"nowhere\"}",
      "/units/1/parent: There is no active unit"
    ),
    ("{\"id\": \"bureau\", \"kind\": \"bureau\", \(name)}", "/units/1/id: 'bureau' is there twice"),
    (
      "{\"id\": \"z\", \"kind\": \"zone\", \(name), \"parent\": \"bureau\", \"stations\": [\"st-99\"]}",
      "/units/1/lead_station: A zone needs a leader"
    ),
    (
      "{\"id\": \"t\", \"kind\": \"team\", \(name), \"parent\": \"bureau\"}",
      "/units/1/parent: A team does not"
    ),
  ]

  @Test(arguments: organisations.indices)
  func `an organisation that no store would take is refused with its line`(index: Int) throws {
    let (unit, says) = Self.organisations[index]
    let files = try Files.good(more: "directory: units.json")
    try files.write("units.json", "{\"units\": [\n\(Self.bureau),\n\n\(unit)]}")
    let problem = try #require(files.problem())
    #expect(problem.hasPrefix("units.json:4: \(says)"), "\(problem)")
  }
}
