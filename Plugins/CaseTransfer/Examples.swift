import StationKit

/// Values that the methods' examples share.
enum Examples {
  static let id: JSONValue = "CT-2026-000001"
  private static let received: JSONValue = "2026-03-02T09:00:00.000+08:00"
  private static let due: JSONValue = "2026-03-03T09:00:00.000+08:00"

  /// A header as it stands after so many steps.
  static func header(
    _ state: State, version: Int, kind: Kind = .administrative, owner: String = "st-02",
    more: JSONObject = [:]
  ) -> JSONValue {
    let isLegOpen = ![State.received, .accepted, .negotiating, .designated, .jurisdictionEnded].contains(
      state)
    var header: JSONObject = [
      "id": id, "version": .int(version), "state": .string(state.rawValue), "kind": .string(kind.rawValue),
      "unclear": false, "urgent": false, "owner": .string(owner),
      "outside": .bool(state == .jurisdictionEnded),
      "origin": "st-02", "leg": .int(isLegOpen || state == .accepted ? 1 : 0), "received_at": received,
      "overdue": false, "next_duty": "transfer", "next_due": due,
    ]
    if state == .accepted || state == .jurisdictionEnded {
      header["next_duty"] = .null
      header["next_due"] = .null
    }
    if isLegOpen {
      header["sender"] = "st-02"
      header["receiver"] = .string(kind == .criminal ? "criminal-brigade" : "public-security-brigade")
    }
    header.merge(more)
    return .object(header)
  }

  /// A step on the example case: its id with more members.
  static func step(_ more: JSONObject) -> JSONValue {
    var params: JSONObject = ["id": id]
    params.merge(more)
    return .object(params)
  }

  static let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

  private static let duty: JSONObject = [
    "duty": "transfer", "rule": ["id": "transfer.administrative.limit", "version": "1"], "start": received,
    "due": due, "provisional": false, "overdue": false, "warned": false, "alarmed": false,
  ]
  private static let holder: JSONValue = [
    "unit": "st-02", "handler": "officer-0211", "custodian": "keeper-02",
  ]

  static let get: JSONValue = {
    var whole = header(.screened, version: 3).objectValue ?? [:]
    whole["rules_on"] = "2026-03-02"
    whole["opened_by"] = "uid:1001"
    whole["owned_since"] = received
    whole["summary"] = "A brawl in a restaurant, two slightly injured"
    whole["reporter"] = ["name": "王小明", "phone": "13800005678"]
    whole["jurisdiction"] = "other"
    whole["duties"] = [.object(duty)]
    whole["steps"] = 3
    whole["items"] = [
      [
        "item": 1, "kind": "digital", "quantity": 1, "condition": "intact", "sha256": .string(digest),
        "holder": holder, "held": true, "links": 1, "description": "Recording of the camera at the entrance",
      ]
    ]
    whole["disputes"] = []
    whole["discrepancies"] = []
    return .object(whole)
  }()

  static let history: JSONValue = [
    "items": [
      [
        "number": 1, "at": received, "action": "receive", "by": "uid:1001", "from": "received",
        "to": "received", "unit": "st-02", "code": "administrative",
      ]
    ]
  ]

  static let ownership: JSONValue = [
    "items": [
      [
        "number": 1, "owner": "st-02", "outside": false, "from": received, "until": .null,
        "action": "receive", "by": "uid:1001",
        "record": ["collection": "transfer.ownership", "id": "CT-2026-000001.o1", "version": 1],
      ]
    ],
    "owner_at": "st-02",
  ]

  static let custody: JSONValue = [
    "id": id, "item": 1, "item_id": "CT-2026-000001.i1", "links": 1, "held": true,
    "items": [
      [
        "number": 1, "at": received, "link": "collected", "by": "uid:1001", "quantity": 1,
        "condition": "intact", "sha256": .string(digest), "to": holder,
        "record": ["collection": "transfer.custody", "id": "CT-2026-000001.i1.l1", "version": 1],
      ]
    ],
  ]

  static let explain: JSONValue = {
    var explained = duty
    explained["term"] = "24h"
    explained["calendar_version"] = "2026.1"
    explained["steps_apply"] = true
    explained["steps"] = [
      [
        "code": "end", "fields": ["at": due],
        "en": "The term is over at 2026-03-03T09:00:00.000+08:00.",
        "zh": "期限届满：2026-03-03T09:00:00.000+08:00。",
      ]
    ]
    return ["id": id, "rules_on": "2026-03-02", "duties": [.object(explained)]]
  }()

  static let figures: JSONValue = {
    var figures = Figures()
    figures.add(leg: 86_400_000, sent: 3_600_000, accepted: 7_200_000, dropped: nil, now: 90_000_000)
    return [
      "from": "2026-03-01", "to": "2026-03-31", "rule": ["id": "transfer.figures", "version": "1"],
      "method": "nearest_rank", "total": .object(figures.json(target: nil)),
    ]
  }()
}
