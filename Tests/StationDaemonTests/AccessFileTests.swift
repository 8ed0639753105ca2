import StationDaemon
import Testing

@Suite struct AccessFileTests {
  static let wrong: [(text: String, says: [String])] = [
    ("bindings: []", ["access.yaml", "'roles' is missing"]),
    ("roles:\n  a:\n    scope: own\n", ["access.yaml:", "'roles.a.methods' is missing"]),
    ("roles:\n  a:\n    methods: [\"a*\"]\n", ["access.yaml:3: ", "'roles.a.methods'", "'a*'"]),
    (
      "roles:\n  a:\n    methods: \"*\"\n    approves: [\"b*\"]\n",
      ["access.yaml:4: ", "'roles.a.approves'", "'b*'"]
    ), ("roles:\n  a:\n    method: [\"*\"]\n", ["access.yaml:3: ", "did you mean 'methods'"]),
    ("roles:\n  a:\n    methods: \"*\"\n    scope: mine\n", ["access.yaml:4: ", "own, supported, all"]),
    ("roles: {a: {methods: \"*\"}}\nbindings:\n  - roles: a\n", ["access.yaml:3: ", "user"]),
    ("roles: {a: {methods: \"*\"}}\nbindings:\n  - user: \"0\"\n", ["access.yaml:3: ", "roles' is missing"]),
    (
      "roles: {a: {methods: \"*\"}}\nbindings:\n  - user: \"0\"\n    roles: b\n",
      ["access.yaml:4: ", "'b' is not there"]
    ),
    (
      "roles: {a: {methods: \"*\"}}\nbindings:\n  - user: no-such-user-here\n    roles: a\n",
      ["access.yaml:3: ", "'no-such-user-here' is unknown"]
    ),
    (
      "roles: {a: {methods: \"*\"}}\nbindings:\n  - group: no-such-group-here\n    roles: a\n",
      ["access.yaml:3: ", "'no-such-group-here' is unknown"]
    ),
    (
      "roles: {a: {methods: \"*\"}}\nbindings:\n  - user: \"0\"\n    roles: a\n    may_act_for: maybe\n",
      ["access.yaml:5: ", "true or false"]
    ),
    ("roles: {a: {methods: \"*\"}}\nbindings: {user: \"0\"}\n", ["access.yaml:2: ", "list of mappings"]),
    ("roles: {a: {methods: \"*\"}}\nbinding: []\n", ["access.yaml:2: ", "did you mean 'bindings'"]),
    ("roles: [a]\n", ["access.yaml:1: ", "mapping"]), ("- a\n", ["access.yaml:1: ", "mapping"]),
  ]

  @Test(arguments: wrong.indices)
  func `a mistake is named with file, line and what was expected`(index: Int) throws {
    let (text, says) = Self.wrong[index]
    let problem = try #require(try Files.good(access: text).problem(), "\(text) was accepted")
    for part in says { #expect(problem.contains(part), "\(problem)") }
  }

  @Test func `no bindings is a policy: nobody may do anything`() throws {
    #expect(try Files.good(access: "roles: {}\nbindings: []\n").problem() == nil)
  }
}

@Suite struct CalendarFilesTests {
  private static let year = """
    {"year":2026,"version":"1","source":{"title":"t","document_number":"n","published":"2025-11-01"},
     "holidays":[],"worked_days":[]}
    """

  private static func problem(_ calendars: [String: String]) throws -> String? {
    let files = try Files.good()
    for (name, text) in calendars { try files.write("calendar/\(name)", text) }
    try files.write(
      "stationd.yaml",
      """
      origin: a
      access: access.yaml
      calendars: calendar
      modules:
        support: {enabled: false, scenarios: none.json}
        stoploss: {enabled: false}
        mediation: {enabled: false}
        keyperson: {enabled: false}
        transfer: {enabled: false}
      """)
    return files.problem()
  }

  @Test func `a directory of years is taken, other files in it are left alone`() throws {
    #expect(try Self.problem(["2026.json": Self.year, "README": "no JSON"]) == nil)
  }

  static let wrong: [(name: String, text: String, says: [String])] = [
    ("2026.json", "{", ["calendar/2026.json:1: "]),
    ("2026.json", "{\n\"year\":2026,\n}", ["calendar/2026.json:3: "]),
    ("2026.json", "{}", ["calendar/2026.json: ", "year"]),
    (
      "2026.json", year.replacing("2025-11-01", with: "2025-02-30"),
      ["calendar/2026.json: ", "'source.published'"]
    ),
    (
      "2026.json", year.replacing("\"worked_days\":[]", with: "\"worked_days\":[\"soon\"]"),
      ["calendar/2026.json: ", "'worked_days'"]
    ),
    (
      "2026.json", year.replacing("\"worked_days\":[]", with: "\"worked_days\":[\"2027-01-02\"]"),
      ["calendar/2026.json: "]
    ),
  ]

  @Test(arguments: wrong.indices)
  func `a mistake is named with its file`(index: Int) throws {
    let (name, text, says) = Self.wrong[index]
    let problem = try #require(try Self.problem([name: text]), "\(text) was accepted")
    for part in says { #expect(problem.contains(part), "\(problem)") }
  }

  @Test func `one year twice is refused`() throws {
    #expect(try Self.problem(["a.json": Self.year, "b.json": Self.year]) != nil)
  }

  @Test func `a directory that is not there is named`() throws {
    #expect(try Self.problem([:])?.contains("calendar: cannot be read") == true)
  }
}
