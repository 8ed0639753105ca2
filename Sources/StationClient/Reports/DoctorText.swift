import StationJSON

/// What was found, a line each, with what to do about it.
package struct DoctorText: Sendable {
  /// One thing that was looked at.
  package struct Finding: Sendable {
    package let check: String
    package let level: HealthLine.State
    package let message: String
    package let advice: String?

    package init(_ check: String, _ level: HealthLine.State, _ message: String, advice: String? = nil) {
      self.check = check
      self.level = level
      self.message = message
      self.advice = advice
    }

    /// - Parameter value: one of `findings` of `system.doctor`.
    package init(_ value: JSONValue, language: Language) {
      func text(_ name: String) -> String? {
        language.pick(value[name], zh: value[name + "_zh"] ?? value[name])?.stringValue
      }
      let level: HealthLine.State =
        switch value["level"]?.stringValue {
        case "ok": .ok
        case "warn": .warning
        default: .critical
        }
      self.init(value["check"]?.stringValue ?? "?", level, text("message") ?? "?", advice: text("advice"))
    }

    package var json: JSONValue {
      var object: JSONObject = [
        "check": .string(check), "level": .string(DoctorText.word(level)), "message": .string(message),
      ]
      object["advice"] = advice.map(JSONValue.string)
      return .object(object)
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

  package func text(colours: Bool) -> String {
    let width = findings.map(\.check.count).max() ?? 0
    return findings.map { finding in
      let word = Self.word(finding.level)
      let style: Style? =
        switch finding.level {
        case .ok: nil
        case .warning: .yellow
        case .critical: .red
        }
      let padded = word + String(repeating: " ", count: 4 - word.count)
      let head = style?.apply(padded, colours: colours) ?? padded
      let check = finding.check + String(repeating: " ", count: width - finding.check.count)
      let advice =
        finding.advice.map {
          "\n" + String(repeating: " ", count: width + 7) + "-> " + DisplayWidth.printable($0)
        } ?? ""
      return
        "\(head)  \(DisplayWidth.printable(check))  \(DisplayWidth.printable(finding.message))\(advice)\n"
    }.joined()
  }
}
