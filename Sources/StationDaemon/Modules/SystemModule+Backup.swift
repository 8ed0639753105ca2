import Dispatch
import StationKit
import StationStore

extension SystemModule {
  /// Not one after the other: who asks while one is made is told so at once.
  private static let queue = DispatchQueue(label: "backup", qos: .utility, attributes: .concurrent)

  static func backup(_ services: Services) -> Method {
    Method(
      "backup",
      Text(
        "Copy the state into a new folder of a directory, verify it and sign it; answers when it is on disk",
        zh: "将数据在线备份到指定目录的新文件夹，验证并签名；写盘后应答"),
      params: Shapes.object(
        [
          "directory": Shapes.text(max: 4096), "keep": ["type": "integer", "minimum": 1, "maximum": 10_000],
        ], required: ["directory"]),
      positional: ["directory", "keep"],
      result: Shapes.object([
        "path": Shapes.text, "at": Shapes.instant, "size": Shapes.count, "root": Shapes.base64,
        "bytes": Shapes.count, "master_key": Shapes.text, "removed": Shapes.list(Shapes.text),
      ]), permission: .role,
      examples: [
        Example(
          "Keep fourteen", params: ["directory": "/var/backups/stationd", "keep": 14],
          result: [
            "path": "/var/backups/stationd/stationd-20261122T033000Z", "at": "2026-11-22T11:30:00.000+08:00",
            "size": 1204, "root": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "bytes": 4_218_880,
            "master_key": "5f0c27a99d1be304", "removed": ["stationd-20261108T033000Z"],
          ])
      ],
      handler: Handler(
        body: .deferred { params, context, done in
          queue.async { done(make(params, context, services)) }
        }))
  }

  private static func make(
    _ params: Params, _ context: CallContext, _ services: Services
  ) -> Result<JSONValue, RPCError> {
    guard let store = services.store else { return .failure(RPCError(.unavailable, retryAfterMs: 100)) }
    do throws(BackupFault) {
      let made = try store.backUp(
        to: params["directory"]?.stringValue ?? "", keep: params["keep"]?.intValue, version: Daemon.version)
      return .success([
        "path": .string(made.folder.path), "at": .string(made.manifest.at.rfc3339(zone: context.zone)),
        "size": .int(Int(made.manifest.head.size)), "root": .string(made.manifest.head.root.base64),
        "bytes": .int(made.manifest.bytes), "master_key": .string(made.manifest.masterKey),
        "removed": .array(made.removed.map(JSONValue.string)),
      ])
    } catch {
      return .failure(refusal(error, store))
    }
  }

  private static func refusal(_ fault: BackupFault, _ store: Store) -> RPCError {
    switch fault {
    case .underWay:
      return RPCError(
        .wrongState, Text("Another backup is being made", zh: "另一备份正在进行"), retryAfterMs: 10_000)
    case .directory(let why):
      return .invalid(
        Text("Not a place for a backup: \(why.en)", zh: "不能用作备份目录：\(why.zh)"), pointer: "/directory")
    case .space(let needed, let free):
      return RPCError(
        .storageFull,
        Text("The backup needs \(needed) bytes, \(free) are free", zh: "备份需要 \(needed) 字节，仅余 \(free)"),
        details: ["needed_bytes": .int(needed), "free_bytes": .int(free)])
    case .verification(let fault):
      store.report("a backup does not verify: \(fault)")
      return RPCError(
        .unavailable,
        Text(
          "The copy does not verify, and was removed: run 'stationctl audit verify'",
          zh: "备份未通过验证，已删除：请运行 stationctl audit verify"),
        details: fault.seq.map { ["record": .int(Int($0))] })
    case .failed(let why):
      store.report("a backup failed: \(why)")
      return RPCError(.unavailable, Text("The backup failed: \(why)", zh: "备份失败：\(why)"))
    }
  }

  static func backupProgress(_ services: Services) -> Method {
    Method(
      "backup_progress", Text("Tell how far the backup under way is", zh: "查看备份进度"),
      params: Shapes.nothing,
      result: Shapes.object([
        "step": Shapes.words(BackupDesk.Step.self), "done": Shapes.count, "all": Shapes.count,
      ]), permission: .role,
      examples: [
        Example(
          "While it is verified", params: [:], result: ["step": "verifying", "done": 4096, "all": 20_411])
      ],
      handler: .inline { _, _ in
        let progress = try services.openStore().backups.progress
        return [
          "step": .string(progress.step.rawValue), "done": .int(Int(progress.done)),
          "all": .int(Int(progress.all)),
        ]
      })
  }
}
