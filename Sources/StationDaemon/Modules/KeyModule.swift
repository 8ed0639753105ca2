import StationKit
import StationStore

/// `key.*`: the master key that personal data is encrypted under. Keys themselves never pass here.
enum KeyModule {
  static func module(_ services: Services, nextKeyFile: String?) -> Module {
    Module(
      name: "key", title: Text("Keys of personal data", zh: "个人信息密钥"), version: "1.0",
      words: OwnWords.key, methods: [status(services), rotate(services, nextKeyFile)])
  }

  private static let result = Shapes.object(
    [
      "current": Shapes.text, "former": Shapes.text, "done": Shapes.flag, "rewrapped": Shapes.count,
      "failed": Shapes.count,
    ], required: ["current", "done", "rewrapped", "failed"])
  private static let example: JSONValue = [
    "current": "5f0c27a99d1be304", "former": "0a77d1f0c3b2e954", "done": false, "rewrapped": 512, "failed": 0,
  ]

  private static func shown(_ status: Rotation.Status) -> JSONValue {
    var object: JSONObject = [
      "current": .string(status.current), "done": .bool(status.former == nil),
      "rewrapped": .int(status.rewrapped), "failed": .int(status.failed),
    ]
    object["former"] = status.former.map(JSONValue.string)
    return .object(object)
  }

  private static func status(_ services: Services) -> Method {
    Method(
      "status",
      Text(
        "Tell which master key is in use, and how far a rotation is; 'former' may be destroyed once it is gone",
        zh: "查看现用主密钥与轮换进度；“former”消失后即可销毁旧密钥"),
      params: Shapes.nothing, result: result, permission: .role,
      examples: [Example("During a rotation", params: [:], result: example)],
      handler: .inline { _, _ in shown(try services.openStore().rotation.status) })
  }

  private static func rotate(_ services: Services, _ nextKeyFile: String?) -> Method {
    Method(
      "rotate",
      Text(
        "Bring all keys under another master key, from a file on this machine; go on with it without a file",
        zh: "以本机文件中的新主密钥重新封装全部密钥；不给文件则继续"),
      params: Shapes.object(["file": Shapes.text(max: 1024)], required: []), positional: ["file"],
      result: result, permission: .role,
      examples: [
        Example("To a new key", params: ["file": "/etc/stationd/master.key.next"], result: example)
      ],
      handler: Handler(
        body: .write { params, _, tx in
          let store = try services.openStore()
          let isUnderWay = store.rotation.status.former != nil
          let file = params["file"]?.stringValue ?? (isUnderWay ? nil : nextKeyFile)
          if let file {
            guard file.hasPrefix("/") else {
              throw RPCError.invalid(Text("Give the whole path", zh: "请给出完整路径"), pointer: "/file")
            }
            try tx.beginRotation(to: file, store)
          } else if !isUnderWay {
            throw RPCError.invalid(Text("Name the new key's file", zh: "请指明新密钥文件"), pointer: "/file")
          }
          // Runs after this call: it finds what the call has stored, or nothing to do.
          store.continueRotation()
          return shown(store.rotation.status)
        }, administers: true))
  }
}
