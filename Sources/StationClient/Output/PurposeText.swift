/// The purposes for which personal data is disclosed, as people call them.
package enum PurposeText {
  private static let chinese = [
    "handling": "办案处置", "supervision": "监督检查", "audit": "审计", "subject_request": "本人申请",
    "court_or_prosecutor": "法院或检察院", "maintenance": "系统维护",
  ]

  /// `handling`, `办案处置(handling)`: the code is what is typed.
  package static func name(_ code: String, _ language: Language) -> String {
    language.pick(code, zh: chinese[code].map { "\($0)(\(code))" } ?? code)
  }
}
