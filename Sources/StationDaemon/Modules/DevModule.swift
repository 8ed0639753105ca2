import StationKit
import StationStore

/// `dev.*`: only under `--dev`.
enum DevModule {
  static func module(_ services: Services) -> Module {
    Module(
      name: "dev", title: Text("Development", zh: "开发"), version: "1.0",
      words: OwnWords.dev,
      methods: [
        Method(
          "clock.set",
          Text(
            "Hold the clock at an instant, or let it run with null; answers when all due deadlines fired",
            zh: "设定或恢复时钟；到期事项处理完后应答"),
          params: Shapes.object(["now": ["type": ["string", "null"], "format": "date-time"]]),
          positional: ["now"],
          result: Shapes.object(["now": Shapes.instant, "held": Shapes.flag]), permission: .role,
          examples: [
            Example(
              "Nine in the morning", params: ["now": "2026-11-23T09:00:00+08:00"],
              result: ["now": "2026-11-23T09:00:00.000+08:00", "held": true])
          ],
          handler: Handler(
            body: .deferred { params, context, done in
              set(services, params, context, done)
            }))
      ])
  }

  private static func set(
    _ services: Services, _ params: Params, _ context: CallContext,
    _ done: @escaping @Sendable (Result<JSONValue, RPCError>) -> Void
  ) {
    guard let store = services.store else { return done(.failure(RPCError(.unavailable))) }
    let instant: Instant?
    do throws(RPCError) {
      instant = params["now"] == .null ? nil : try params.instant("now")
    } catch {
      return done(.failure(error))
    }
    services.clock.hold(at: instant)
    store.clockChanged()
    let held = instant != nil
    let zone = context.zone
    store.write(
      WriteJob(cause: .unrecorded, work: .settle) { answer in
        done(
          answer.map { _ in
            ["now": .string(services.clock.now().rfc3339(zone: zone)), "held": .bool(held)]
          })
      })
  }
}
