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
      "roles: {a: {methods: \"*\"}}\nbindings:\n  - user: \"0\"\n    roles: []\n",
      ["access.yaml:4: ", "'bindings[0].roles'", "one or more"]
    ),
    (
      "roles: {a: {methods: \"*\"}}\nbindings:\n  - user: [\"0\", \"4294967295\"]\n    roles: a\n",
      ["access.yaml:3: ", "'bindings[0].user'", "below 4294967295"]
    ),
    (
      "roles: {a: {methods: \"*\"}}\nbindings:\n  - group: 4294967295\n    roles: a\n",
      ["access.yaml:3: ", "'bindings[0].group'", "below 4294967295"]
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
    ("roles: [a]\n", ["access.yaml:1: ", "'roles' must be a mapping"]),
    ("- a\n", ["access.yaml:1: ", "the file must be a mapping"]),
    (
      "roles: {a: {methods: \"*\"}}\nbindings:\n  - roles: a\n",
      ["access.yaml:3: ", "'bindings[0].user' or 'bindings[0].group' is missing"]
    ),
  ]

  @Test(arguments: wrong.indices)
  func `a mistake is named with file, line and what was expected`(index: Int) throws {
    let (text, says) = Self.wrong[index]
    let problem = try #require(try Files.good(access: text).problem(), "\(text) was accepted")
    for part in says { #expect(problem.contains(part), "\(problem)") }
  }

  /// A rule of a role, with what is doubted in it.
  static let doubtful: [(rule: String, says: [String])] = [
    ("methods: [support.nope]", ["access.yaml:3: warning: 'roles.a.methods': no method is 'support.nope'"]),
    ("methods: [support.lst]", ["no method is 'support.lst' (did you mean 'support.list'?)"]),
    (
      "methods:\n      - support.*\n      - suport.*",
      ["access.yaml:5: ", "there is no module and no plugin 'suport' (did you mean 'support'?)"]
    ),
    ("methods: [directory.units.*]", ["no method is 'directory.units.*'"]),
    (
      "methods: \"*\"\n    approves: [foo.*]",
      ["access.yaml:4: warning: 'roles.a.approves': there is no module and no plugin 'foo'"]
    ),
    ("methods: \"*\"\n    approves: [support]", ["no action is 'support' (did you mean 'support.*'?)"]),
  ]

  @Test(arguments: doubtful.indices)
  func `what nothing answers to is doubted and not refused`(index: Int) throws {
    let (rule, says) = Self.doubtful[index]
    let doubts = try Files.good(access: "roles:\n  a:\n    \(rule)\nbindings: []\n").doubts()
    #expect(doubts.count == 1)
    for part in says { #expect(doubts.first?.contains(part) == true, "\(doubts)") }
  }

  /// Methods of a module that is switched off, and of a plugin, cannot be told.
  @Test(arguments: [
    "support.*, directory.unit.*, system.reload, approval.*, audit.tail, events.subscribe, rpc.*",
    "plugin.list, notify.send, keyperson.get",
  ])
  func `what may well answer is not doubted`(methods: String) throws {
    let files = try Files.good(
      access:
        "roles:\n  a:\n    methods: [\(methods)]\n    approves: [support.*, notify.send]\nbindings: []\n",
      more: """
          keyperson: {enabled: false}
          transfer: {enabled: false}
          mediation: {enabled: false}
        plugins: {notify: {program: /bin/true}}
        """)
    #expect(try files.doubts() == [])
  }

  @Test func `units that the organisation's file has not are doubted`() throws {
    let access = """
      roles: {a: {methods: "*"}}
      bindings:
        - user: "0"
          roles: a
          unit: nounit
          supports:
            - st-01
            - st-0l
      """
    #expect(try Files.good(access: access).doubts() == [])
    let file = "directory: \(Files.root)/etc/directory.example.json"
    #expect(
      try Files.good(access: access, more: file).doubts() == [
        "access.yaml:5: warning: 'bindings[0].unit': the organisation's file has no unit 'nounit'",
        "access.yaml:8: warning: 'bindings[0].supports': the organisation's file has no unit 'st-0l'"
          + " (did you mean 'st-01'?)",
      ])
  }

  @Test func `the shipped rules are not doubted`() throws {
    let rules = try String(contentsOfFile: Files.root + "/etc/access.yaml", encoding: .utf8)
    #expect(try Files.good(access: rules).doubts() == [])
  }

  @Test(arguments: ["unit: st-01", "supports: [st-01]", "may_act_for: true"])
  func `a binding without roles may add something else to another`(what: String) throws {
    let access = "roles: {}\nbindings:\n  - {user: \"0\", roles: [], \(what)}\n"
    #expect(try Files.good(access: access).problem() == nil)
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
    try files(calendars).problem()
  }

  private static func files(_ calendars: [String: String]) throws -> Files {
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
    return files
  }

  @Test func `a directory of years is taken, other files in it are left alone`() throws {
    #expect(try Self.problem(["2026.json": Self.year, "README": "no JSON"]) == nil)
  }

  @Test func `a directory without a year is doubted with the line that names it`() throws {
    let doubts = try Self.files(["README": "no JSON"]).doubts()
    try #require(doubts.count == 1, "\(doubts)")
    #expect(doubts[0].hasPrefix("stationd.yaml:3: warning: 'calendars': "), "\(doubts[0])")
    #expect(doubts[0].contains("has no calendar"), "\(doubts[0])")
  }

  static let wrong: [(name: String, text: String, says: [String])] = [
    ("2026.json", "{", ["calendar/2026.json:1: "]),
    ("2026.json", "{\n\"year\":2026,\n}", ["calendar/2026.json:3: "]),
    ("2026.json", "{}", ["calendar/2026.json:1: 'year' must be a year, and is missing"]),
    (
      "2026.json", year.replacing("2025-11-01", with: "2025-02-30"),
      ["calendar/2026.json:1: 'source.published' must be a date, YYYY-MM-DD, not \"2025-02-30\""]
    ),
    (
      "2026.json", year.replacing("\"worked_days\":[]", with: "\"worked_days\":[\"soon\"]"),
      ["calendar/2026.json:2: 'worked_days.0' must be a date", "not \"soon\""]
    ),
    (
      "2026.json", year.replacing("\"worked_days\":[]", with: "\"worked_days\":[\"2027-01-02\"]"),
      ["calendar/2026.json:2: 2027-01-02 must be a day of 2026"]
    ),
    (
      "2026.json", year.replacing("\"holidays\":[]", with: "\"holidays\":[],\"holiday\":[]"),
      ["calendar/2026.json:2: 'holiday' is not known"]
    ),
    (
      "2026.json", year.replacing("\"title\"", with: "\"url\":\"u\",\"title\""),
      ["calendar/2026.json:1: 'source.url' is not known"]
    ),
    ("2028.json", year, ["calendar/2028.json:1: 'year'", "2026.json"]),
    (
      "2026.json",
      year.replacing(
        "\"holidays\":[]",
        with: "\"holidays\":[\n{\"first\":\"2026-05-01\",\"last\":\"2026-05-03\"},"
          + "\n{\"first\":\"2026-05-02\",\"last\":\"2026-05-05\"}]"), ["calendar/2026.json:4: 2026-05-02"]
    ),
  ]

  @Test(arguments: wrong.indices)
  func `a mistake is named with file and line`(index: Int) throws {
    let (name, text, says) = Self.wrong[index]
    let problem = try #require(try Self.problem([name: text]), "\(text) was accepted")
    for part in says { #expect(problem.contains(part), "\(problem)") }
  }

  @Test func `a directory that is not there is named`() throws {
    #expect(try Self.problem([:])?.contains("calendar: cannot be read") == true)
  }
}
