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
    for other in try records(under: number) {
      guard other.id != id, let kept = KeyRecord(other.body), !kept.wasTakenBack,
        kept.category == record.category, kept.part == record.part, kept.isAboutSame(as: record),
        kept.instruments.contains(where: {
          $0["number"] == instrument?["number"] && $0["authority"] == instrument?["authority"]
        })
      else { continue }
      throw RPCError.refused(
        rule: RuleID.instrumentOnce,
        Text("The person is recorded under this instrument already", zh: "该人员已依该文书登记"), pointer: pointer)
    }
  }

  /// Those that rest on an instrument of this number, and those that did before a renewal.
  private func records(under number: String) throws -> [Record] {
    let former = try all("former_instrument", "by_instrument", [.text(number)]).compactMap { stored in
      try stored["record"]?.stringValue.flatMap { try tx.get("record", $0) }
    }
    return try all("record", "by_instrument", [.text(number)]) + former
  }
}

extension KeyRecord {
  /// The instruments under which the record was entered and renewed, the present one last.
  var instruments: [JSONValue] {
    (personal["former_instruments"]?.arrayValue ?? []) + [personal["instrument"]].compactMap { $0 }
  }

  /// Whether both are about one person: by the ID number where both have one, else by the name.
  fileprivate func isAboutSame(as other: KeyRecord) -> Bool {
    if let mine = personal["id_number"], let others = other.personal["id_number"] { return mine == others }
    return personal["name"] == other.personal["name"]
  }

  /// Whether it ended as if it had never been: a mistake, or a proposal that nobody entered.
  fileprivate var wasTakenBack: Bool { delisting?.reason == .error || delisting?.reason == .notEntered }
}
