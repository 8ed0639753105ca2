/// A sentence for people, in English and Chinese.
public struct Text: Sendable, Hashable {
  public let en: String
  public let zh: String

  public init(_ en: String, zh: String) {
    self.en = en
    self.zh = zh
  }
}
