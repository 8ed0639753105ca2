import StationKit

/// What a caller's key must not hold, since it is kept and looked up in the clear.
enum KeyScreen {
  /// What a key holds of a person's numbers; nil for none.
  static func finding(in key: String) -> Text? {
    if FreeText.finding(in: key) == .idNumber { return FreeText.Finding.idNumber.name }
    let runs = key.split { !("0"..."9").contains($0) }.map(String.init)
    if runs.contains(where: isCard) { return Text("a card number", zh: "银行卡号") }
    if MobileNumber.isWithin(key) { return Text("a mobile number", zh: "手机号码") }
    return nil
  }

  /// Payment cards begin with 3 to 6, or 9 (ISO/IEC 7812-1): a count of nanoseconds or a date does not.
  private static func isCard(_ run: String) -> Bool {
    run.first.map { "34569".contains($0) } ?? false && CardNumber.isValid(run)
  }
}
