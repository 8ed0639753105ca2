import StationKit

/// Calls and answers that the methods' declarations show.
enum Examples {
  static let reportID: JSONValue = "SL-2026-000001"
  static let accountID: JSONValue = "0197a0c0-0000-7000-8000-000000000001"
  static let stopKey = "0197a0c0-0000-7000-8000-000000000002"
  static let stopID: JSONValue = .string(stopKey)
  private static let victimCard: JSONValue = "6222020000000000000"
  private static let suspectCard: JSONValue = "6222020000000000018"
  private static let nextCard: JSONValue = "6222020000000000026"

  static let report: JSONValue = .object(reportMembers)

  static let importItem: JSONValue = {
    var item = reportMembers
    item["key"] = "call-4711"
    return .object(item)
  }()

  private static let reportMembers: JSONObject = [
    "station": "st-02", "fraud_type": "brushing_rebate", "occurred_at": "2026-03-02T08:50:00+08:00",
    "victim": ["name": "张三", "id_number": "11010519491231002X", "phone": "13800001234"],
    "accounts": [
      ["number": victimCard, "kind": "card", "role": "victim", "holder": "张三"],
      ["number": suspectCard, "kind": "card", "role": "suspect", "holder": "李四", "bank": "ICBKCNBJ"],
    ],
    "transfers": [
      ["at": "2026-03-02T08:50:00+08:00", "amount": 5_000_000, "from": victimCard, "to": suspectCard]
    ],
  ]

  static let header: JSONObject = [
    "id": reportID, "version": 1, "state": "open", "station": "st-02", "fraud_type": "brushing_rebate",
    "occurred_at": "2026-03-02T08:50:00.000+08:00", "reported_at": "2026-03-02T09:00:00.000+08:00",
    "amount": 5_000_000, "held": 0, "returned": 0, "transfers": 1, "accounts": 2,
  ]

  static let reported: JSONValue = {
    var answer = header
    answer["outcome"] = "accepted"
    answer["steps"] = [
      [
        "code": "request_stop", "en": "Ask the banks to stop payment on these accounts",
        "zh": "请求开户机构对下列账户紧急止付",
        "due": "2026-03-02T09:30:00.000+08:00", "left_s": 1800,
        "accounts": [["account": accountID, "amount": 5_000_000]],
      ]
    ]
    return .object(answer)
  }()

  static let furtherTransfers: JSONValue = [
    "id": reportID, "accounts": [["number": nextCard, "kind": "card", "role": "suspect"]],
    "transfers": [
      [
        "at": "2026-03-02T08:58:00+08:00", "amount": 2_000_000, "from": suspectCard, "to": nextCard,
        "reference": "2026030208580001",
      ]
    ],
  ]

  static let transfersAdded: JSONValue = {
    var answer = header
    answer["version"] = 2
    answer["transfers"] = 2
    answer["accounts"] = 3
    answer["outcome"] = "accepted"
    answer["duplicates"] = []
    answer["steps"] = []
    return .object(answer)
  }()

  static let get: JSONValue = {
    var whole = header
    whole["age_band"] = "70+"
    whole["rules_on"] = "2026-03-02"
    whole["victim"] = ["name": "张三", "id_number": "11010519491231002X", "phone": "13800001234"]
    whole["accounts"] = [
      [
        "account": accountID, "role": "suspect", "number": suspectCard, "kind": "card", "bank": "ICBKCNBJ",
        "holders": ["李四"],
      ]
    ]
    whole["transfers"] = [
      [
        "at": "2026-03-02T08:50:00.000+08:00", "amount": 5_000_000,
        "from": "0197a0c0-0000-7000-8000-000000000000", "to": accountID,
      ]
    ]
    whole["stops"] = []
    return .object(whole)
  }()

  private static let position: JSONObject = [
    "account": accountID, "kind": "card", "bank": "ICBKCNBJ", "holding": 5_000_000, "stops": 0, "active": 0,
    "report_count": 1, "approximate": false, "arrived_at": "2026-03-02T08:50:00.000+08:00", "gone_s": 600,
  ]

  static let next: JSONValue = [
    "items": [.object(position)], "rule": ["id": .string(RuleID.next), "version": "1"],
  ]

  static let shared: JSONValue = {
    var item = position
    item["report_count"] = 2
    item["reports"] = [reportID, "SL-2026-000002"]
    return .object(item)
  }()

  static let account: JSONValue = {
    var item = position
    item["number"] = suspectCard
    item["holders"] = ["李四"]
    item["reports"] = [reportID]
    return .object(item)
  }()

  static let trace: JSONValue = {
    var item = position
    item["number"] = suspectCard
    item["amount"] = 5_000_000
    return [
      "report": reportID, "amount": 5_000_000, "traced": 5_000_000, "accounts": [.object(item)],
      "approximate": false, "truncated": false, "rule": ["id": .string(RuleID.fifo), "version": "1"],
    ]
  }()

  static func stop(_ state: StopState, version: Int) -> JSONValue { .object(members(state, version)) }

  private static func members(_ state: StopState, _ version: Int) -> JSONObject {
    [
      "id": stopID, "version": .int(version), "report": reportID, "account": accountID, "station": "st-02",
      "state": .string(state.rawValue), "attempt": 1, "amount": 5_000_000,
      "held": state.isFrozen || state == .stopped ? 5_000_000 : 0,
      "returned": state == .executed ? 5_000_000 : 0, "lapses": 0,
      "requested_at": "2026-03-02T09:10:00.000+08:00",
    ]
  }

  static let wholeStop: JSONValue = {
    var whole = members(.stopRequested, 1)
    whole["rules_on"] = "2026-03-02"
    whole["requested_by"] = "uid:1001"
    whole["history"] = [
      [
        "at": "2026-03-02T09:10:00.000+08:00", "action": "request_stop", "by": "uid:1001",
        "from": "validated",
        "to": "stop_requested", "amount": 5_000_000,
      ]
    ]
    return .object(whole)
  }()

  static let alarm: JSONValue = [
    "stop": stopID, "report": reportID, "account": accountID, "station": "st-02", "state": "stopped",
    "measure": "stop", "held": 5_000_000, "ends_at": "2026-03-04T09:25:00.000+08:00", "left_s": 43_200,
    "next_alarm_at": "2026-03-04T05:25:00.000+08:00",
  ]

  static let explain: JSONValue = [
    "id": stopID, "rules_on": "2026-03-02",
    "terms": [
      [
        "name": "stop", "term": "48h/coercive",
        "rule": ["id": .string(RuleID.stopTerm), "version": "1"],
        "start": "2026-03-02T09:25:00.000+08:00", "end": "2026-03-04T09:25:00.000+08:00",
        "provisional": false,
        "calendar_version": "2026.1", "steps_apply": true,
        "steps": [
          [
            "code": "end", "fields": ["at": "2026-03-04T09:25:00.000+08:00"],
            "en": "The term is over from 2026-03-04T09:25:00.000+08:00 on.",
            "zh": "自 2026-03-04T09:25:00.000+08:00 起期限届满。",
          ]
        ],
      ]
    ],
  ]

  static let figures: JSONValue = {
    var figures = Figures()
    figures.add(amount: 5_000_000, toStop: 1_500_000, held: 5_000_000, returned: 0)
    return [
      "from": "2026-03-01", "to": "2026-03-31",
      "rule": ["id": .string(RuleID.figures), "version": "1"], "method": "nearest_rank",
      "total": .object(figures.json()), "patterns": [], "small_cells": ["reports": 1, "amount": 5_000_000],
    ]
  }()
}
