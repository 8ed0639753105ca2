/// The language that people are spoken to in.
package enum Language: String, Sendable, CaseIterable {
  case en, zh

  /// Chosen by `choice` (`--lang`), else as gettext does: the locale is the first of LC_ALL, LC_MESSAGES and LANG that
  /// is set (locale(7)), and unless it is C, the first known language of the list LANGUAGE goes before its own.
  /// Chinese is written in UTF-8: where the locale has another codeset, it is English.
  package init(choice: String?, environment: (String) -> String?) {
    if let choice, let language = Language(rawValue: choice) {
      self = language
      return
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap(environment).first { !$0.isEmpty } ?? "C"
    let list = ["C", "POSIX"].contains(Self.code(of: locale)) ? nil : environment("LANGUAGE")
    let names = list?.split(separator: ":") ?? []
    let language = (names.isEmpty ? [locale[...]] : names).lazy.compactMap(Self.init(locale:)).first
    self = language == .zh && Self.isUTF8(locale) ? .zh : .en
  }

  /// The language of `zh_CN.UTF-8@pinyin`; nil for one that nobody is spoken to in. C is English.
  private init?(locale: some StringProtocol) {
    switch Self.code(of: locale) {
    case "C", "POSIX": self = .en
    case let code: self.init(rawValue: code)
    }
  }

  private static func code(of locale: some StringProtocol) -> String {
    String(locale.prefix { !"_.@-".contains($0) })
  }

  /// Whether the locale's codeset is UTF-8, or not told.
  private static func isUTF8(_ locale: String) -> Bool {
    let codeset = locale.prefix { $0 != "@" }.drop { $0 != "." }.dropFirst()
    return codeset.isEmpty || ["utf8", "utf-8"].contains(codeset.lowercased())
  }

  /// What stands between the items of a list.
  package var comma: String { pick(", ", zh: "、") }

  /// The text of this language.
  package func pick<Text>(_ en: @autoclosure () -> Text, zh: @autoclosure () -> Text) -> Text {
    self == .zh ? zh() : en()
  }
}
