extension FreeText {
  /// A text as it is compared, and never shown: lower case and half width, digits of one script, one kind of
  /// brackets, without white space and what is not seen. A text of which nothing would be left stays as it is.
  public static func folded(_ text: String) -> String {
    var folded = ""
    for scalar in text.unicodeScalars {
      guard let plain = plain(scalar), !plain.properties.isWhitespace else { continue }
      switch plain.properties.generalCategory {
      case .openPunctuation: folded.unicodeScalars.append("(")
      case .closePunctuation: folded.unicodeScalars.append(")")
      default: folded.unicodeScalars.append(plain)
      }
    }
    return folded.isEmpty ? text : folded
  }
}
