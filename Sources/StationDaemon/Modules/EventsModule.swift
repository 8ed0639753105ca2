import StationKit

/// `events.*`: follow what happens.
enum EventsModule {
  static func module() -> Module {
    Module(
      name: "events", title: Text("Events", zh: "事件"), version: "1.0",
      words: OwnWords.events,
      methods: [
        Method(
          "subscribe",
          Text(
            "Replay events after a number, then follow; they arrive as 'events.event' notifications",
            zh: "从指定序号重放并持续接收事件"),
          params: Shapes.object(
            [
              "since": ["type": "integer", "minimum": 0],
              "kinds": [
                "type": "array", "items": ["type": "string", "maxLength": 80], "maxItems": 100,
              ],
            ], required: []),
          result: Shapes.object(["subscription": Shapes.text, "since": Shapes.count]),
          permission: .role,
          examples: [
            Example("Everything", params: ["since": 0], result: ["subscription": "sub-1", "since": 0])
          ],
          handler: Handler(body: .connection("subscribe"))),
        Method(
          "unsubscribe", Text("End a subscription of this connection", zh: "结束订阅"),
          params: Shapes.object(["subscription": Shapes.text]), positional: ["subscription"],
          result: Shapes.object(["subscription": Shapes.text]), permission: .everyone,
          examples: [
            Example(
              "The first", params: ["subscription": "sub-1"], result: ["subscription": "sub-1"])
          ],
          handler: Handler(body: .connection("unsubscribe"))),
      ])
  }
}
