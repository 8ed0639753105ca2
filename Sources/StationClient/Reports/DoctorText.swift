import StationJSON
import StationKit

/// What was found, a line each, with what to do about it.
package struct DoctorText: Sendable {
  /// One thing that was looked at.
  package struct Finding: Sendable {
    package let check: String
    package let level: HealthLine.State
    package let message: Text
    package let advice: Text?

    package init(_ check: String, _ level: HealthLine.State, _ message: Text, advice: Text? = nil) {
      self.check = check
      self.level = level
      self.message = message
      self.advice = advice
    }

    /// - Parameter value: one of `findings` of `system.doctor`.
    package init(_ value: JSONValue) {
      func text(_ name: String) -> Text? {
        guard let en = value[name]?.stringValue else { return nil }
        return Text(en, zh: value[name + "_zh"]?.stringValue ?? en)
      }
      let level: HealthLine.State =
        switch value["level"]?.stringValue {
        case "ok": .ok
        case "warn": .warning
        default: .critical
        }
      self.init(
        value["check"]?.stringValue ?? "?", level, text("message") ?? Text("?", zh: "?"),
        advice: text("advice"))
    }

    /// As `system.doctor` has it, whatever the language of this run.
    package var json: JSONValue {
      var object: JSONObject = [
        "check": .string(check), "level": .string(DoctorText.word(level)), "message": .string(message.en),
        "message_zh": .string(message.zh),
      ]
      object["advice"] = (advice?.en).map(JSONValue.string)
      object["advice_zh"] = (advice?.zh).map(JSONValue.string)
      return .object(object)
    }

    private static let names = [
      "daemon": "守护进程", "settings": "配置", "versions": "版本", "modules": "模块", "plugins": "插件", "space": "磁盘空间",
      "clock": "时钟", "calendar": "日历", "signing key": "签名密钥", "master key": "主密钥", "log": "日志",
      "backup": "备份",
      "files": "文件", "metrics": "指标",
    ]

    /// What was looked at, in the reader's language; a plugin by its name.
    func name(_ language: Language) -> String {
      guard language == .zh else { return check }
      guard check.hasPrefix("plugin ") else { return Self.names[check] ?? check }
      return "插件 " + check.dropFirst("plugin ".count)
    }
  }

  package let findings: [Finding]

  package init(_ findings: [Finding]) { self.findings = findings }

  /// The worst of all.
  package var state: HealthLine.State {
    findings.map(\.level).max { $0.rawValue < $1.rawValue } ?? .critical
  }

  private static func word(_ level: HealthLine.State) -> String {
    switch level {
    case .ok: "ok"
    case .warning: "warn"
    case .critical: "fail"
    }
  }

  package func text(_ language: Language, colours: Bool) -> String {
    let names = findings.map { DisplayWidth.printable($0.name(language)) }
    let width = names.map(DisplayWidth.columns).max() ?? 0
    return zip(findings, names).map { finding, name in
      let word = Self.word(finding.level)
      let style: Style? =
        switch finding.level {
        case .ok: nil
        case .warning: .yellow
        case .critical: .red
        }
      let padded = word + String(repeating: " ", count: 4 - word.count)
      let head = style?.apply(padded, colours: colours) ?? padded
      let check = name + String(repeating: " ", count: width - DisplayWidth.columns(name))
      func shown(_ text: Text) -> String { DisplayWidth.printable(language.pick(text.en, zh: text.zh)) }
      let advice =
        finding.advice.map { "\n" + String(repeating: " ", count: width + 7) + "-> " + shown($0) } ?? ""
      return "\(head)  \(check)  \(shown(finding.message))\(advice)\n"
    }.joined()
  }
}
