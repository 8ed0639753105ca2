/// Words on the command line that cannot become a call. The text is for the person who typed them.
package struct UsageError: Error, Sendable, Equatable {
  package let en: String
  package let zh: String

  package init(_ en: String, zh: String) {
    self.en = en
    self.zh = zh
  }

  /// The text in one language.
  package func text(_ language: Language) -> String { language.pick(en, zh: zh) }
}
