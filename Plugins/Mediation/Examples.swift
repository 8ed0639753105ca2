import StationKit

/// Values that the methods' examples share.
enum Examples {
  static let id: JSONValue = "MD-2026-000001"

  static func person(_ number: Int) -> JSONValue { .string("MD-2026-000001.p\(number)") }

  private static let people: [JSONObject] = [
    ["id": person(1), "role": "injured"], ["id": person(2), "role": "offender"],
  ]

  /// A header as it stands after so many steps.
  static func header(_ state: State, _ version: Int) -> JSONValue { .object(members(state, version)) }

  /// The same where another unit is asked to take over.
  static let proposed: JSONValue = .object(members(.consent, 4).merging(["proposed_to": "st-03"]))

  private static func members(_ state: State, _ version: Int) -> JSONObject {
    [
      "id": id, "version": .int(version), "kind": "neighbours", "mode": "police", "station": "st-02",
      "owner": "st-02", "state": .string(state.rawValue), "opened_at": "2026-03-02T09:00:00.000+08:00",
      "thread": id, "is_repeat": false, "calls": 1, "violence_risk": false, "sessions": 0,
      "people": .array(people.map(JSONValue.object)), "late": [],
      "next_limit": state.isOpen ? "session_1" : .null,
      "next_due": state.isOpen ? "2026-03-06T00:00:00.000+08:00" : .null,
    ]
  }

  static let agreement: JSONObject = [
    "body": "Riverside Police Station", "mediator": "Officer Zhao", "parties": [person(1), person(2)],
    "others_present": [], "time": "2026-03-01T18:00:00+08:00", "place": "12 Willow Lane",
    "cause": "A wall", "course": "Words, then a push", "result": "A bruise",
    "terms": "Wang apologises and pays 200 yuan",
    "performance": ["by": "2026-03-20", "method": "In cash at the station"],
    "signatures": [person(1), person(2)],
  ]

  static let whole: JSONValue = {
    let named: [JSONObject] = [
      ["name": "Zhang San", "id_number": "110101199003070011"], ["name": "Wang Wu"],
    ]
    let more: JSONObject = [
      "people": .array(zip(people, named).map { .object($0.merging($1)) }), "matter": "boundary wall",
      "summary": "A quarrel over a wall ended in a push", "rules_on": "2026-03-02",
      "times": ["accepted": "2026-03-02T10:00:00.000+08:00"],
      "custody": [
        [
          "unit": "st-02", "mode": "police", "since": "2026-03-02T09:00:00.000+08:00",
          "accepted_by": "uid:1002",
        ]
      ],
      "decisions": [], "appraisals": [], "extensions": [], "sessions_held": [], "calls_about_it": [],
      "history": [
        [
          "at": "2026-03-02T10:00:00.000+08:00", "action": "accept", "by": "uid:1002", "from": "registered",
          "to": "eligibility",
        ]
      ],
    ]
    return .object(members(.eligibility, 2).merging(more))
  }()

  static let explanation: JSONValue = [
    "id": id, "rules_on": "2026-03-02",
    "limits": [
      [
        "limit": "session_1", "rule": ["id": "mediation.session.first", "version": "1"], "term": "3wd",
        "start": "2026-03-02T10:00:00.000+08:00", "end": "2026-03-06T00:00:00.000+08:00", "done": .null,
        "is_late": false, "provisional": false, "calendar_version": "2026.1", "paused_days": 0,
        "rungs_fired": [], "steps_apply": true,
        "steps": [
          [
            "code": "end", "fields": ["at": "2026-03-06T00:00:00.000+08:00"],
            "en": "The term is over at 2026-03-06T00:00:00.000+08:00.",
            "zh": "期限届满：2026-03-06T00:00:00.000+08:00。",
          ]
        ],
      ]
    ],
    "appraisals": [],
    "custody": [
      [
        "unit": "st-02", "mode": "police", "since": "2026-03-02T09:00:00.000+08:00", "until": .null,
        "accepted_by": "uid:1002",
      ]
    ],
    "decisions": [],
  ]

  static let repeated: JSONValue = [
    "thread": id, "calls": 3, "first_at": "2026-03-02T09:00:00.000+08:00",
    "last_at": "2026-03-20T21:30:00.000+08:00", "disputes": [id], "failures": 1, "violence_risk": false,
    "support_requests": [],
  ]
}
