/// A mobile number of the mainland's numbering plan: eleven digits, 13 to 19 in front, also with the country's 86.
public enum MobileNumber {
  /// Whether a run of ASCII digits in the text is one.
  public static func isWithin(_ text: String) -> Bool {
    text.split { !("0"..."9").contains($0) }.contains { isOne($0) }
  }

  private static func isOne(_ run: Substring) -> Bool {
    let digits = run.count == 13 && run.hasPrefix("86") ? run.dropFirst(2) : run
    return digits.count == 11 && digits.first == "1" && digits.dropFirst().first.map { $0 >= "3" } ?? false
  }
}
