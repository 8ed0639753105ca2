import StationKit

/// Values that the methods' examples share.
enum Examples {
  static let id: JSONValue = "SR-2026-000001"

  /// A header as it stands after so many steps.
  static func header(
    _ state: State, version: Int, department: String = "command-centre", urgency: Urgency = .routine,
    marks: JSONObject = [:]
  ) -> JSONValue {
    let isPaused = state == .infoRequested
    let response = "2026-03-02T10:00:00.000+08:00"
    let support = "2026-03-03T09:00:00.000+08:00"
    var header: JSONObject = [
      "id": id, "version": .int(version), "scenario": 2, "station": "st-01",
      "department": .string(department),
      "state": .string(state.rawValue), "urgency": .string(urgency.rawValue),
      "opened_at": "2026-03-02T09:00:00.000+08:00", "response_due": .string(response),
      "support_due": isPaused ? .null : .string(support),
    ]
    header["next_due"] =
      isPaused || !state.isOpen ? .null : .string(version == 1 ? response : support)
    header["provisional"] = []
    header["marks"] = .object(marks)
    return .object(header)
  }

  static let cycle: JSONValue = [
    "number": 1, "scenario_version": "2026.1", "rule_version": "1", "calendar_version": "2026.1",
    "limits": "5min/2h 15min/8h 1h/24h", "feedback_limit": "3wd",
  ]

  /// A step on the example request: its id with more members.
  static func step(_ more: JSONObject) -> JSONValue {
    var params: JSONObject = ["id": id]
    params.merge(more)
    return .object(params)
  }

  static let get: JSONValue = {
    var whole = header(.acknowledged, version: 2).objectValue ?? [:]
    whole["cycle"] = cycle
    whole["cycles"] = 1
    whole["summary"] = "About thirty people block the gate of the market"
    whole["opened_by"] = "uid:1001"
    whole["acknowledged_at"] = "2026-03-02T09:04:10.000+08:00"
    whole["redirects"] = 0
    whole["pauses"] = []
    whole["rungs_fired"] = ["response": [], "support": []]
    whole["history"] = [
      [
        "at": "2026-03-02T09:04:10.000+08:00", "action": "acknowledge", "by": "uid:1002", "from": "submitted",
        "to": "acknowledged",
      ]
    ]
    return .object(whole)
  }()

  static let ended: JSONValue = {
    var whole = get.objectValue ?? [:]
    whole["state"] = "closed"
    whole["next_due"] = .null
    whole["ended_at"] = "2026-03-02T17:00:00.000+08:00"
    whole["cycles"] = 2
    return .object(whole)
  }()

  static let explain: JSONValue = [
    "id": id, "cycle": cycle,
    "terms": [
      [
        "clock": "response", "limit": "1h", "rule": ["id": "support.limit.response", "version": "1"],
        "start": "2026-03-02T09:00:00.000+08:00", "end": "2026-03-02T10:00:00.000+08:00",
        "due": "2026-03-02T10:00:00.000+08:00", "provisional": false, "calendar_version": "2026.1",
        "steps_apply": true, "steps_calendar": "2026.1", "pauses": [],
        "steps": [
          [
            "code": "end", "fields": ["at": "2026-03-02T10:00:00.000+08:00"],
            "en": "The term is over at 2026-03-02T10:00:00.000+08:00.",
            "zh": "期限届满：2026-03-02T10:00:00.000+08:00。",
          ]
        ],
      ]
    ],
  ]

  static let figures: JSONValue = [
    "from": "2026-03-01", "to": "2026-03-31", "rule": ["id": "support.figures", "version": "1"],
    "method": "nearest_rank",
    "total": .object(
      {
        var figures = Figures()
        let done = ClockFigure.done(milliseconds: 250_000, onTime: true).column
        figures.add(response: done, support: 0, outcome: 0, now: Instant(milliseconds: 0))
        return figures.json(target: nil)
      }()),
  ]
}
