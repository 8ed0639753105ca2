import StationKit

extension Mediation {
  /// Holds every column that the success figures read, so that they never touch a body.
  private static let endings = Collection.Index("endings", on: ["ended", "outcome", "owner", "kind", "mode"])
  private static let visits = Collection.Index(
    "visits", on: ["performed", "visited", "visit_due", "owner", "kind", "mode"])
  private static let failures = Collection.Index("failures", on: ["failed", "open", "owner", "kind", "mode"])

  static let dispute = Collection(
    name: "dispute", summary: Text("A dispute with its mediation", zh: "矛盾纠纷及其调解"),
    schema: Schemas.dispute,
    fields: [
      .init("owner", .text), .init("state", .text), .init("open", .integer), .init("due", .integer),
      .init("thread", .text), .init("opened", .integer), .init("ended", .integer), .init("outcome", .integer),
      .init("kind", .text), .init("mode", .text), .init("performed", .integer), .init("visited", .integer),
      .init("visit_due", .integer), .init("failed", .integer), .init("proposed_to", .text),
    ],
    indexes: [
      .init("by_owner", on: ["owner", "open", "due"]),
      .init("by_owner_state", on: ["owner", "state", "due"]),
      .init("by_open", on: ["open", "due"]), .init("by_state", on: ["state", "due"]),
      .init("by_proposed", on: ["proposed_to", "due"]),
      .init("by_thread", on: ["thread", "opened"]), endings, visits, failures,
    ],
    personal: [
      "/matter", "/summary", "/place", "/custody", "/proposal", "/decisions", "/extensions", "/court",
      "/history",
    ],
    retention: .years(10, after: "ended_at"))

  /// Found by the exact ID number or, lacking it, by name and phone, and by nothing else.
  static let party = Collection(
    name: "party", summary: Text("A person of a dispute", zh: "纠纷当事人及其代表"), schema: Schemas.party,
    fields: [
      .init("dispute", .text), .init("number", .integer), .init("id_number", .blind),
      .init("name_phone", .blind),
    ],
    indexes: [
      .init("by_dispute", on: ["dispute", "number"]), .init("by_id_number", on: ["id_number"]),
      .init("by_name_phone", on: ["name_phone"]),
    ],
    personal: [
      "/name", "/id_number", "/phone", "/name_phone", "/birth", "/address", "/authority", "/corrections",
    ],
    subject: .member("dispute"), retention: .years(10, after: "ended_at"))

  static let session = Collection(
    name: "session", summary: Text("A session of a mediation", zh: "调解记录"), schema: Schemas.session,
    fields: [.init("dispute", .text), .init("number", .integer)],
    indexes: [.init("by_dispute", on: ["dispute", "number"])],
    personal: ["/place", "/mediator", "/others_present", "/minutes"],
    subject: .member("dispute"), retention: .years(10, after: "ended_at"))

  static let agreement = Collection(
    name: "agreement", summary: Text("What the parties agreed and signed", zh: "调解协议书"),
    schema: Schemas.agreement,
    personal: [
      "/body", "/mediator", "/others_present", "/place", "/cause", "/course", "/result", "/terms",
      "/performance",
    ],
    subject: .member("dispute"), retention: .years(10, after: "ended_at"))

  /// Never who called: calls are counted per dispute.
  static let call = Collection(
    name: "call", summary: Text("A call about a dispute", zh: "纠纷警情"), schema: Schemas.call,
    fields: [
      .init("dispute", .text), .init("thread", .text), .init("at", .integer), .init("first", .integer),
      .init("owner", .text), .init("kind", .text), .init("mode", .text),
    ],
    indexes: [
      .init("by_dispute", on: ["dispute", "at"]),
      .init("repeats", on: ["at", "thread", "first", "owner", "kind", "mode"]),
      .init("by_thread", on: ["thread", "at"]),
    ],
    personal: ["/summary", "/place", "/said"],
    subject: .member("dispute"), retention: .years(10, after: "ended_at"))
}
