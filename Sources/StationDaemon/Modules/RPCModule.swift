import StationKit

/// `rpc.*`: what can be called, and whether a call would be accepted.
enum RPCModule {
  static func module(_ discovery: Discovery) -> Module {
    Module(
      name: "rpc", title: Text("The protocol itself", zh: "协议"), version: "1.0",
      words: OwnWords.rpc,
      methods: [
        Method(
          "discover",
          Text("Describe every method as an OpenRPC document", zh: "以 OpenRPC 文档描述全部方法"),
          params: Shapes.nothing, result: Shapes.anyObject, permission: .everyone,
          examples: [Example("Everything", params: [:], result: ["openrpc": "1.3.2"])],
          handler: Handler(body: .text { discovery.text })),
        Method(
          "module",
          Text(
            "Tell a module's rules with their sources, its life cycles and its events",
            zh: "说明模块的规则来源、流转和事件"),
          params: Shapes.object(["name": Shapes.text(max: 40)]), positional: ["name"],
          result: Shapes.object([
            "name": Shapes.text, "rules": Shapes.list(Shapes.anyObject),
            "life_cycles": Shapes.list(Shapes.anyObject), "events": Shapes.list(Shapes.anyObject),
          ]), permission: .everyone,
          examples: [
            Example(
              "Support requests", params: ["name": "support"],
              result: ["name": "support", "rules": [], "life_cycles": [], "events": []])
          ],
          handler: .inline { params, _ in
            let name = try params.string("name")
            guard let module = discovery.module(name) else {
              throw RPCError.notFound("module", name, pointer: "/name")
            }
            return module
          }),
        Method(
          "check",
          Text(
            "Check a call (method, permission, params) without running it", zh: "检查调用是否有效，不执行"),
          params: Shapes.object(
            ["method": Shapes.methodName, "params": ["type": ["object", "array"]]],
            required: ["method"]),
          positional: ["method", "params"],
          result: Shapes.object(["ok": Shapes.flag, "error": Shapes.anyObject], required: ["ok"]),
          permission: .everyone,
          examples: [
            Example(
              "A call that would be accepted", params: ["method": "system.ping"], result: ["ok": true])
          ],
          handler: Handler(body: .connection("check"))),
        Method(
          "cancel",
          Text(
            "Cancel a call of this connection that has not started", zh: "取消本连接尚未开始的调用"),
          params: Shapes.object(["id": Shapes.requestID]), positional: ["id"],
          result: Shapes.object(["cancelled": Shapes.flag]), permission: .everyone,
          examples: [Example("By its id", params: ["id": 7], result: ["cancelled": true])],
          handler: Handler(body: .connection("cancel"))),
      ])
  }
}
