/// `support.*`, `*`, or a full name, of a method or of an action that a second person decides on.
public struct MethodPattern: Sendable, Hashable {
  private let text: String
  private let isPrefix: Bool

  /// nil unless the pattern is a method name, `*`, or a prefix that ends in `.*`.
  public init?(_ pattern: String) {
    if pattern == "*" {
      text = ""
      isPrefix = true
    } else if pattern.hasSuffix(".*"), Names.isMethod(String(pattern.dropLast(2))) {
      text = String(pattern.dropLast())
      isPrefix = true
    } else {
      guard Names.isMethod(pattern) else { return nil }
      text = pattern
      isPrefix = false
    }
  }

  /// As it was given.
  public var pattern: String { isPrefix ? text + "*" : text }

  public func matches(_ method: String) -> Bool {
    isPrefix ? method.utf8.starts(with: text.utf8) : method == text
  }
}
