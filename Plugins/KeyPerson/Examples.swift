import StationKit

/// Values of the declared examples. Names and numbers are made up.
enum Examples {
  static let id: JSONValue = "0197a0c0-0000-7000-8000-000000000001"
  static let task: JSONValue = "0197a0c0-0000-7000-8000-000000000002"
  static let duty: JSONValue = "0197a0c0-0000-7000-8000-000000000003"
  static let approval: JSONValue = "0197a0c0-0000-7000-8000-000000000004"

  private static let instrument: JSONValue = [
    "authority": "Qingping County Court", "number": "(2026) criminal 31", "date": "2026-02-20",
  ]

  static let proposal: JSONObject = [
    "category": "community_corrections", "station": "st-01", "owner": "key-person-desk",
    "purpose": "assist_corrections", "name": "王某", "id_number": "110101199003070118",
    "instrument": instrument, "from": "2026-02-20", "to": "2027-02-20", "next_review": "2026-05-20",
  ]

  static let record: JSONObject = [
    "id": id, "version": 4, "state": "active", "category": "community_corrections",
    "purpose": "assist_corrections", "station": "st-01", "owner": "key-person-desk", "rules_on": "2026-03-02",
    "from": "2026-02-20", "to": "2027-02-20", "next_review": "2026-05-20", "renewals": 0, "corrections": 0,
    "contact": "in_contact", "episodes": [], "name": "王某", "instrument": instrument, "duties": [],
    "tasks": [],
  ]

  static func header(_ state: State, _ more: JSONObject = [:]) -> JSONValue {
    var header: JSONObject = [
      "id": id, "version": 2, "state": .string(state.rawValue), "to": "2027-02-20",
      "next_review": "2026-05-20",
    ]
    header.merge(more)
    return .object(header)
  }
}
