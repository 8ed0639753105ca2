import Dispatch
import StationKit

extension SystemModule {
  /// Reads of one file at a time, off the event loops.
  private static let queue = DispatchQueue(label: "reload")

  private static let change = Shapes.object(
    ["key": Shapes.text, "from": Shapes.text, "to": Shapes.text], required: ["key", "from", "to"])

  static func reload(_ services: Services) -> Method {
    Method(
      "reload",
      Text(
        "Read the configuration anew: access rules, limits, log level, calendars; a mistake changes nothing",
        zh: "重新读取配置（访问规则、限额、日志级别、日历）；有误则不作任何改变"),
      params: Shapes.nothing,
      result: Shapes.object(["changed": Shapes.list(change), "needs_restart": Shapes.list(change)]),
      permission: .role,
      examples: [
        Example(
          "One limit", params: [:],
          result: [
            "changed": [["key": "limits.depth", "from": "64", "to": "32"]], "needs_restart": [],
          ])
      ],
      handler: Handler(
        body: .deferred { _, _, done in
          queue.async { done(reloaded(services.reload)) }
        }))
  }

  /// What `system.reload` does, for an act of the daemon's own.
  static func reload(
    _ reload: @escaping Services.Reload, _ done: @escaping @Sendable (Result<JSONValue, RPCError>) -> Void
  ) { queue.async { done(reloaded(reload)) } }

  private static func reloaded(_ reload: Services.Reload?) -> Result<JSONValue, RPCError> {
    guard let reload else { return .failure(RPCError(.unavailable, retryAfterMs: 100)) }
    do {
      return .success(try reload().json)
    } catch {
      // Files, lines and keys: what an administrator needs, and nothing of a person.
      return .failure(
        RPCError(
          .wrongState, Text("Nothing was changed: \(error)", zh: "未作任何改变：\(error)"),
          details: ["reason": .string("\(error)")]))
    }
  }

  static func configuration(_ services: Services) -> Method {
    Method(
      "config", Text("Tell every value that holds, and where it came from", zh: "列出全部生效配置及其来源"),
      params: Shapes.nothing,
      result: Shapes.object([
        "values": Shapes.list(
          Shapes.object(
            [
              "key": Shapes.text, "value": Shapes.text, "source": Shapes.text, "takes": Shapes.text,
              "reloads": Shapes.flag,
            ]))
      ]), permission: .role,
      examples: [
        Example(
          "A default", params: [:],
          result: [
            "values": [
              [
                "key": "limits.depth", "value": "64", "source": "default",
                "takes": "a whole number from 4 to 512", "reloads": true,
              ]
            ]
          ])
      ],
      handler: .inline { _, _ in ["values": .array(services.configuration.map(\.json))] })
  }
}
