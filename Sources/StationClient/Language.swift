/// The language that people are spoken to in.
package enum Language: String, Sendable, CaseIterable {
  case en, zh

  /// Chosen by `choice` (`--lang`), else by the first of LC_ALL, LC_MESSAGES and LANG that is set (locale(7)).
  package init(choice: String?, environment: (String) -> String?) {
    if let choice, let language = Language(rawValue: choice) {
      self = language
      return
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap(environment).first { !$0.isEmpty }
    self = locale?.utf8.starts(with: "zh".utf8) == true ? .zh : .en
  }

  /// The text of this language.
  package func pick<Text>(_ en: @autoclosure () -> Text, zh: @autoclosure () -> Text) -> Text {
    self == .zh ? zh() : en()
  }
}
