import StationKit
import StationStore

extension SystemModule {
  private static let finding = Shapes.object(
    [
      "check": Shapes.text,
      "level": Shapes.words(Finding.Level.self),
      "message": Shapes.text, "message_zh": Shapes.text, "advice": Shapes.text, "advice_zh": Shapes.text,
    ], required: ["check", "level", "message", "message_zh"])

  static func doctor(_ services: Services) -> Method {
    Method(
      "doctor",
      Text(
        "Look at settings, versions, space, clock, keys, log, backups, files and plugins, and say what to do",
        zh: "检查设置、版本、空间、时钟、密钥、日志、备份、文件与插件，并给出处置建议"),
      params: Shapes.nothing, result: Shapes.object(["findings": Shapes.list(finding)]), permission: .role,
      examples: [
        Example(
          "One of them", params: [:],
          result: [
            "findings": [
              [
                "check": "backup", "level": "warn",
                "message": "the newest is of 2026-11-20T11:30:00.000+08:00",
                "message_zh": "最近一次：2026-11-20T11:30:00.000+08:00", "advice": "stationctl backup --to DIR",
                "advice_zh": "stationctl backup --to DIR",
              ]
            ]
          ])
      ],
      handler: .read { _, context, tx in
        guard let store = services.store, let log = tx.log else {
          throw RPCError(.unavailable, retryAfterMs: 100)
        }
        let doctor = Doctor(store: store, services: services, context: context, log: log)
        return ["findings": .array(try doctor.findings().map(\.json))]
      })
  }
}
