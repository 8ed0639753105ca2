import StationKit

/// Finds the earlier disputes of the same people.
struct Matching {
  let tx: any ReadTransaction

  /// The records of a person, the newest first: by the ID number, and by name and phone where one of the two
  /// records lacks the number.
  func records(of person: Party) throws -> [Record] {
    var found: [Record] = []
    var seen: Set<String> = []
    let keys = [
      ("by_id_number", person.idNumber), ("by_name_phone", person.namePhone),
      ("by_name_phone", person.formerNamePhone),
    ]
    for (index, value) in keys {
      guard let value else { continue }
      let page = try tx.query(
        Query("party", index: index, equals: [.text(value)], descending: true, limit: Bounds.match))
      for record in page.records where !seen.contains(record.id) {
        guard let other = Party(record.body), other.isSamePerson(as: person) else { continue }
        seen.insert(record.id)
        found.append(record)
      }
    }
    return found
  }

  /// An earlier dispute of the same parties.
  struct Earlier {
    let record: Record
    let dispute: Dispute
    let isSameMatter: Bool
  }

  /// The disputes of exactly these parties, whatever part each has in them, the newest first.
  ///
  /// None where somebody cannot be found: without an ID number and a phone nobody knows who it is.
  func earlier(_ parties: [Party], _ kind: Kind, _ matter: String) throws -> [Earlier] {
    var common: Set<String>?
    for party in parties {
      let disputes = Set(
        try records(of: party).compactMap { record in
          Role(record["role"])?.isParty == true
            ? record["dispute"]?.stringValue : nil
        })
      common = common.map { $0.intersection(disputes) } ?? disputes
      if common?.isEmpty ?? true { return [] }
    }
    var found: [Earlier] = []
    for id in common ?? [] {
      guard let record = try tx.get("dispute", id), let dispute = Dispute(record.body),
        try isSame(parties, dispute, id)
      else { continue }
      let isSameMatter =
        dispute.kind == kind
        && FreeText.folded(dispute.matter.stringValue ?? "") == FreeText.folded(matter)
      found.append(Earlier(record: record, dispute: dispute, isSameMatter: isSameMatter))
    }
    return found.sorted { ($0.dispute.opened, $0.record.id) > ($1.dispute.opened, $1.record.id) }
  }

  /// Whether the parties of a dispute are these and nobody else.
  private func isSame(_ parties: [Party], _ dispute: Dispute, _ id: String) throws -> Bool {
    let people = try People.all(id, tx)
    let theirs = dispute.parties.compactMap { people[$0.id] }
    guard theirs.count == dispute.parties.count else { return false }
    return theirs.allSatisfy { one in parties.contains { $0.isSamePerson(as: one) } }
      && parties.allSatisfy { one in theirs.contains { $0.isSamePerson(as: one) } }
  }
}
