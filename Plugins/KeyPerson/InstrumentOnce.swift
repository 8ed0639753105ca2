import StationKit

extension Work {
  /// One instrument makes one record of one person, also after that has ended or was renewed under another: what is
  /// over does not begin again.
  ///
  /// - Parameters:
  ///   - instrument: by authority and number.
  ///   - id: the record itself, where it is stored already.
  /// - Throws: `refused_by_rule` where another record of the person has this instrument, or had it.
  func requireOnce(
    _ instrument: JSONValue?, of record: KeyRecord, besides id: String?, pointer: String
  ) throws {
    guard let number = instrument?["number"]?.stringValue else { return }
    let authority = instrument?["authority"]?.folded
    for other in try former(under: number) + records(under: number) + records(sharing: record) {
      guard other.id != id, let kept = KeyRecord(other.body), !kept.wasTakenBack,
        kept.category == record.category, kept.part == record.part, kept.isAboutSame(as: record),
        kept.instruments.contains(where: {
          $0["number"]?.stringValue.map(InstrumentNumber.compared) == InstrumentNumber.compared(number)
            && $0["authority"]?.folded == authority
        })
      else { continue }
      throw RPCError.refused(
        rule: RuleID.instrumentOnce,
        Text("The person is recorded under this instrument already", zh: "该人员已依该文书登记"), pointer: pointer)
    }
  }

  /// The records that rest on an instrument of this number.
  func records(under number: String) throws -> [Record] {
    try indexed(number).flatMap { try all("record", "by_instrument", [.text($0)]) }
  }

  /// The records that did before a renewal.
  private func former(under number: String) throws -> [Record] {
    try indexed(number).flatMap { try all("former_instrument", "by_instrument", [.text($0)]) }
      .compactMap { stored in try stored["record"]?.stringValue.flatMap { try tx.get("record", $0) } }
  }

  /// The records of the same ID number: those of before are under their instrument's number as it was written.
  private func records(sharing record: KeyRecord) throws -> [Record] {
    guard let number = record.personal["id_number"]?.stringValue else { return [] }
    return try all("record", "by_id_number", [.text(number)])
  }

  /// The index has numbers as they are compared, and those of records of before as they were written.
  private func indexed(_ number: String) -> Set<String> {
    [InstrumentNumber.compared(number), FreeText.folded(number), number]
  }
}

/// The numbers of instruments, which people write in many ways.
enum InstrumentNumber {
  /// A number as it is compared, and never shown: folded, without zeros in front of a number, a final `号`, and dashes
  /// that are not between digits.
  static func compared(_ text: String) -> String {
    var compared: [Character] = []
    var zero = false
    var dash = false
    /// Adds what was left open, before anything but a digit.
    func close() {
      if zero { compared.append("0") }
      (zero, dash) = (false, false)
    }
    for character in FreeText.folded(text) {
      let isAfterDigit = zero || compared.last.map(isDigit) ?? false
      if character == "-" {
        if zero { compared.append("0") }
        zero = false
        dash = isAfterDigit
      } else if !isDigit(character) {
        close()
        compared.append(character)
      } else {
        if dash { compared.append("-") }
        let begins = dash || !isAfterDigit || zero
        dash = false
        zero = begins && character == "0"
        if !zero { compared.append(character) }
      }
    }
    close()
    if compared.last == "号", compared.count > 1 { compared.removeLast() }
    return String(compared)
  }

  private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
}

extension KeyRecord {
  /// The instruments under which the record was entered and renewed, the present one last.
  var instruments: [JSONValue] {
    (personal["former_instruments"]?.arrayValue ?? []) + [personal["instrument"]].compactMap { $0 }
  }

  /// Whether both are about one person: by the ID number where both have one, else by the name.
  fileprivate func isAboutSame(as other: KeyRecord) -> Bool {
    if let mine = personal["id_number"], let others = other.personal["id_number"] { return mine == others }
    return personal["name"]?.folded == other.personal["name"]?.folded
  }

  /// Whether it ended as if it had never been: a mistake, or a proposal that nobody entered.
  fileprivate var wasTakenBack: Bool { delisting?.reason == .error || delisting?.reason == .notEntered }
}
