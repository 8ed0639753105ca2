import KeyPerson
import ModuleTesting
import StationKit
import Testing

/// What the module must never become. Whoever adds a category, a field or a way to look people up has to change
/// these lists by hand, and to say why.
@Suite("KeyPerson must never hold")
struct ForbiddenTests {
  let module: Module

  init() throws { module = try KeyPerson.module(configuration: Fixture.rules) }

  @Test("any category but these six")
  func categories() {
    let pinned = [
      "community_corrections", "drug_treatment", "bail_pending_trial", "protection_order",
      "resettlement_support", "missing_vulnerable_person",
    ]
    #expect(Category.allCases.map(\.rawValue) == pinned)
    for collection in module.collections {
      guard let category = collection.schema["properties"]?["category"] else { continue }
      #expect(category["enum"] == .array(pinned.map(JSONValue.string)), "\(collection.name)")
    }
    #expect(Part.allCases.map(\.rawValue) == ["protected", "bound"])
    #expect(
      Purpose.allCases.map(\.rawValue) == [
        "assist_corrections", "assist_treatment", "ensure_appearance", "protect_person", "uphold_order",
        "support_after_release", "find_and_return",
      ])
    #expect(DutyKind.allCases.map(\.rawValue) == ["report_in", "scheduled_test", "appear"])
  }

  /// Every member of every collection, with those inside.
  static let fields: [String: Set<String>] = [
    "record": [
      "category", "part", "station", "owner", "purpose", "state", "former", "rules_on", "from", "to", "ends",
      "next_review", "review_opens", "review_ends", "lapses", "clean_since", "clean_ends", "clean_noted",
      "proposed_by", "verified_by", "verifiers", "approval", "renewal", "renewals", "corrections", "lost",
      "episodes",
      "delisting", "step_task", "review_task", "name", "id_number", "phone", "guardian", "instrument",
      "instrument_number", "pending_instrument", "former_instruments", "consent", "care_need", "decision",
      "renewal/to", "renewal/next_review", "renewal/approval", "renewal/by", "lost/since", "lost/support",
      "lost/task", "episodes/at", "episodes/outcome", "episodes/handover_to", "delisting/reason",
      "delisting/at", "delisting/erase_at", "guardian/name", "guardian/phone", "instrument/authority",
      "instrument/number", "instrument/date", "pending_instrument/authority", "pending_instrument/number",
      "pending_instrument/date", "former_instruments/authority", "former_instruments/number",
      "former_instruments/date", "consent/document", "consent/date", "care_need/need", "care_need/document",
      "care_need/document/by", "care_need/document/reference", "care_need/document/date",
      "decision/authority", "decision/number", "decision/date",
    ],
    "former_instrument": ["record", "instrument_number"],
    "duty": [
      "record", "kind", "first_due", "every_days", "every_months", "grace_hours", "number", "task", "begun",
      "ended", "consent", "consent/by", "consent/document", "consent/date",
    ],
    "task": [
      "record", "unit", "kind", "due", "state", "duty", "number", "grace", "provisional", "at", "by",
      "in_time",
      "excuse", "outcome", "document",
    ],
    "notice": [
      "record", "unit", "task", "reason", "en", "zh", "erase_at", "told_at", "told_by", "name", "phone",
    ],
    "correction": [
      "record", "at", "by", "before", "after", "document", "before/name", "before/id_number", "before/phone",
      "before/guardian", "before/guardian/name", "before/guardian/phone", "before/care_need",
      "before/care_need/need", "before/care_need/document", "before/care_need/document/by",
      "before/care_need/document/reference", "before/care_need/document/date", "after/name",
      "after/id_number", "after/phone", "after/guardian", "after/guardian/name", "after/guardian/phone",
      "after/care_need", "after/care_need/need", "after/care_need/document", "after/care_need/document/by",
      "after/care_need/document/reference", "after/care_need/document/date",
    ],
    "tombstone": ["id", "category", "from", "to", "reason", "erased_at"],
    "tally": ["what", "at", "unit", "code"],
  ]

  /// All members of a schema with their paths; lists and alternatives count as what is in them.
  static func members(_ schema: JSONValue?, _ path: String = "") -> Set<String> {
    var found: Set<String> = []
    for (name, inner) in schema?["properties"]?.objectValue ?? [:] {
      let here = path.isEmpty ? name : "\(path)/\(name)"
      found.insert(here)
      found.formUnion(members(inner, here))
    }
    if let items = schema?["items"] { found.formUnion(members(items, path)) }
    for keyword in ["anyOf", "oneOf", "allOf"] {
      for inner in schema?[keyword]?.arrayValue ?? [] { found.formUnion(members(inner, path)) }
    }
    return found
  }

  @Test("any field but these")
  func pinnedFields() {
    #expect(Set(module.collections.map(\.name)) == Set(Self.fields.keys))
    for collection in module.collections {
      #expect(Self.members(collection.schema) == Self.fields[collection.name], "\(collection.name)")
    }
  }

  static let words: Set<String> = [
    "coordinate", "coordinates", "latitude", "longitude", "lat", "lon", "lng", "location", "position",
    "place",
    "address", "geo", "gps", "track", "tracks", "tracking", "trajectory", "route", "movement", "device",
    "devices", "imei", "mac", "imsi", "wifi", "face", "faces", "photo", "image", "fingerprint", "dna",
    "voice",
    "biometric", "plate", "vehicle", "camera", "score", "rating", "risk", "level", "rank", "grade", "colour",
    "tag", "tags", "label", "flag", "flags", "note", "notes", "remark", "comment", "religion", "faith",
    "ethnicity", "nation", "race", "petition", "petitions", "petitioner", "politics", "political", "opinion",
    "stability", "health", "disease", "diagnosis", "hiv", "mental", "relatives", "contacts", "friends",
    "associates", "account", "wechat", "social", "result", "test_result",
  ]

  @Test("a word of surveillance in any schema: stored, given, answered or told")
  func words() {
    var schemas = module.collections.map { ("collection \($0.name)", $0.schema) }
    schemas += module.methods.flatMap {
      [("params \($0.name)", $0.params), ("result \($0.name)", $0.result)]
    }
    schemas += module.events.map { ("event \($0.name)", $0.payload) }
    for (what, schema) in schemas {
      for path in Self.members(schema) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        #expect(!Self.words.contains(name), "\(what): \(path)")
        let parts = name.split(separator: "_").map(String.init)
        #expect(Self.words.isDisjoint(with: parts), "\(what): \(path)")
      }
    }
  }

  @Test("an object that takes members nobody named")
  func closed() {
    func check(_ schema: JSONValue, _ what: String) {
      if schema["type"] == "object" { #expect(schema["additionalProperties"] == false, "\(what)") }
      for (name, inner) in schema["properties"]?.objectValue ?? [:] { check(inner, "\(what)/\(name)") }
      if let items = schema["items"] { check(items, "\(what)/items") }
      for keyword in ["anyOf", "oneOf", "allOf"] {
        for inner in schema[keyword]?.arrayValue ?? [] { check(inner, what) }
      }
    }
    for collection in module.collections { check(collection.schema, collection.name) }
    for method in module.methods {
      check(method.params, "\(method.name) params")
      check(method.result, "\(method.name) result")
    }
    for event in module.events { check(event.payload, event.name) }
  }

  @Test("a method besides these: no list, no search, no export, no match")
  func methods() {
    #expect(
      module.methods.map(\.name).sorted() == [
        "activate", "contact.found", "contact.lost", "correct", "delist", "duty.add", "duty.end",
        "duty.excuse",
        "duty.record", "erase", "explain", "extract", "figures", "get", "notice.get", "notice.record",
        "propose",
        "renew", "renew.request", "review", "tasks", "verify_instrument", "visit.agree", "visit.record",
        "visit.withdraw",
      ])
    for method in module.methods {
      for word in ["list", "search", "find", "export", "query", "match", "compare", "all", "dump", "import"] {
        #expect(!method.name.split(separator: ".").contains { $0 == word }, "\(method.name)")
      }
    }
  }

  @Test("an answer with more than one person, or a list that names records")
  func noLists() {
    let personal: Set = ["name", "id_number", "phone", "guardian", "care_need", "instrument"]
    func check(_ schema: JSONValue, _ method: String, _ path: String, isInList: Bool) {
      for (name, inner) in schema["properties"]?.objectValue ?? [:] {
        let here = "\(path)/\(name)"
        // What was corrected is of the one person whose extract it is, and a term names its rule by id.
        let isOwn = method == "extract" && path.hasPrefix("/corrected/")
        if isInList, !isOwn, here != "/terms/rule/id" {
          #expect(!personal.contains(name), "\(method) \(here)")
          #expect(!["id", "record", "category", "counterpart"].contains(name), "\(method) \(here)")
        }
        check(inner, method, here, isInList: isInList)
      }
      if let items = schema["items"] { check(items, method, path, isInList: true) }
    }
    for method in module.methods { check(method.result, method.name, "", isInList: false) }
  }

  @Test("an event that names a record: whoever has all events again would have a list of everybody")
  func events() {
    for event in module.events {
      #expect(Self.members(event.payload).isDisjoint(with: ["id", "record", "subject"]), "\(event.name)")
    }
  }

  @Test("an index that leads to many: a record is found by what names it exactly")
  func indexes() throws {
    let record = try #require(module.collections.first { $0.name == "record" })
    #expect(record.fields == [.init("id_number", .blind), .init("instrument_number", .blind)])
    #expect(record.indexes.map(\.fields) == [["id_number"], ["instrument_number"]])
    for collection in module.collections {
      for field in collection.fields where field.type != .blind {
        #expect(!collection.personal.contains("/\(field.name)"), "\(collection.name).\(field.name)")
      }
    }
    let tally = try #require(module.collections.first { $0.name == "tally" })
    #expect(tally.personal.isEmpty)
    #expect(try #require(module.collections.first { $0.name == "tombstone" }).personal.isEmpty)
  }

  @Test("what leads to a person in the clear")
  func personal() throws {
    let pinned: [String: [String]] = [
      "record": [
        "/name", "/id_number", "/phone", "/guardian", "/instrument", "/instrument_number",
        "/pending_instrument", "/former_instruments", "/consent", "/care_need", "/decision",
      ], "former_instrument": ["/instrument_number"], "duty": ["/consent"], "task": ["/document"],
      "notice": ["/name", "/phone"],
      "correction": ["/before", "/after", "/document"], "tombstone": [], "tally": [],
    ]
    for collection in module.collections {
      #expect(collection.personal == pinned[collection.name], "\(collection.name)")
      guard !collection.personal.isEmpty else { continue }
      #expect(collection.subject == (collection.name == "record" ? .own : .member("record")))
    }
  }

  @Test("a read without purpose and reason, and a write that answers with a person")
  func disclosure() {
    #expect(
      module.methods.filter(\.disclosesPersonalData).map(\.name).sorted() == ["extract", "get", "notice.get"])
    for method in module.methods where !method.disclosesPersonalData {
      let names = Self.members(method.result).map { $0.split(separator: "/").last.map(String.init) ?? "" }
      for name in ["name", "id_number", "phone", "guardian", "instrument", "care_need", "consent"] {
        #expect(!names.contains(name), "\(method.name)")
      }
      #expect(!method.result.encodedString.contains("x-personal"), "\(method.name)")
    }
  }

  @Test("in the answers that disclose, a personal text that is not marked for masking")
  func masks() {
    func check(_ schema: JSONValue, _ path: String) {
      let name = path.split(separator: "/").last.map(String.init) ?? ""
      if ["name", "id_number", "phone", "authority", "number", "document", "reference", "need"].contains(
        name),
        schema["type"] == "string"
      {
        #expect(schema["x-personal"] != nil, "\(path)")
      }
      for (member, inner) in schema["properties"]?.objectValue ?? [:] { check(inner, "\(path)/\(member)") }
      if let items = schema["items"] { check(items, path) }
    }
    for method in module.methods where method.disclosesPersonalData { check(method.result, method.name) }
  }
}
