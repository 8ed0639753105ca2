import Glibc
import StationKit
import StationStore

/// `system.*`: what this daemon is and how it is doing.
enum SystemModule {
  static func module(_ services: Services) -> Module {
    Module(
      name: "system", title: Text("The daemon", zh: "守护进程"), version: "1.0",
      words: OwnWords.system,
      methods: [
        ping(services), info(services), health(services), reload(services), configuration(services),
        backup(services), backupProgress(services), metrics(services), doctor(services),
      ])
  }

  private static func ping(_ services: Services) -> Method {
    Method(
      "ping", Text("Answer at once, with the daemon's time", zh: "立即应答，附当前时间"),
      params: Shapes.nothing, result: Shapes.object(["now": Shapes.instant]), permission: .everyone,
      examples: [Example("Ping", params: [:], result: ["now": "2026-11-22T09:50:35.123+08:00"])],
      handler: .inline { _, context in ["now": .string(context.now.rfc3339(zone: context.zone))] })
  }

  private static func info(_ services: Services) -> Method {
    Method(
      "info", Text("Tell version, profile, modules and the caller's own roles", zh: "版本、运行方式、模块及本人角色"),
      params: Shapes.nothing,
      result: Shapes.object([
        "version": Shapes.text, "development": Shapes.flag, "started_at": Shapes.instant,
        "now": Shapes.instant, "clock_held": Shapes.flag, "pid": Shapes.count,
        "log_origin": Shapes.text, "calendar": Shapes.text,
        "modules": ["type": "array", "items": Shapes.text],
        "you": Shapes.anyObject,
      ]), permission: .everyone,
      examples: [
        Example(
          "A development daemon", params: [:],
          result: [
            "version": "0.1.0", "development": true, "started_at": "2026-11-22T09:50:35.123+08:00",
            "now": "2026-11-22T09:50:36.000+08:00", "clock_held": false, "pid": 4711,
            "log_origin": "stationd.localhost/audit", "calendar": "2025.1+2026.1",
            "modules": ["support"], "you": ["uid": 1000, "roles": ["developer"]],
          ])
      ],
      handler: .inline { _, context in
        var you: JSONObject = [
          "uid": .int(Int(context.principal.uid)), "gid": .int(Int(context.principal.gid)),
          "roles": .array(context.principal.roles.map(JSONValue.string)),
        ]
        if let unit = context.principal.unit { you["unit"] = .string(unit) }
        return [
          "version": .string(Daemon.version), "development": .bool(services.development),
          "started_at": .string(services.startedAt.rfc3339(zone: context.zone)),
          "now": .string(context.now.rfc3339(zone: context.zone)),
          "clock_held": .bool(services.clock.isHeld), "pid": .int(Int(getpid())),
          "log_origin": .string(services.store?.signer.verifierKey.name ?? services.origin),
          "calendar": .string(context.calendar.version),
          "modules": .array(services.moduleNames.map(JSONValue.string)), "you": .object(you),
        ]
      })
  }
}
