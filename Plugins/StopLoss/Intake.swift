import StationKit

/// Takes reports in: first finds everything valid, then writes.
struct Intake: Sendable {
  let policy: Policy

  /// What is to be done with an item.
  enum Prepared {
    case fresh(Draft)
    /// It was entered before, with the same key and the same content.
    case duplicate(Record)
  }

  /// Checks an item that fits the schema. Reads only.
  ///
  /// - Parameters:
  ///   - base: pointer of the item in the params; empty for the params themselves.
  ///   - stations: those that this call has found to be stations.
  /// - Throws: `denied`, `not_found`, `invalid_params`, or `refused_by_rule` with the pointer of the member.
  func prepare(
    _ item: JSONObject, at base: String, stations: inout Set<String>, _ context: CallContext,
    _ tx: any ReadTransaction
  ) throws -> Prepared {
    guard let station = item["station"]?.stringValue, let fraudType = item["fraud_type"]?.stringValue,
      let victim = Victim(item["victim"]), let accounts = item["accounts"]?.arrayValue,
      let rows = item["transfers"]?.arrayValue
    else { throw RPCError.invalid(Text("Not a report", zh: "报案内容无效"), pointer: base) }
    try context.principal.require(station, policy.desk)
    let key = item["key"]?.stringValue
    let digest = key == nil ? nil : Digest.of(item)
    if let key, let known = try find(station, key, tx) {
      guard known["digest"]?.stringValue == digest else {
        throw RPCError.refused(
          rule: RuleID.key, Text("This key was used for another content", zh: "该键已用于不同内容"),
          pointer: base + "/key")
      }
      return .duplicate(known)
    }
    if let key, let found = KeyScreen.finding(in: key) {
      throw RPCError.refused(
        rule: RuleID.key,
        Text("A key must not hold \(found.en): it is kept in the clear", zh: "键以明文保存，不得包含\(found.zh)"),
        pointer: base + "/key")
    }
    if !stations.contains(station) {
      try Units.requireStation(station, pointer: base + "/station", tx)
      stations.insert(station)
    }
    let reported = try instant(item["reported_at"], base + "/reported_at", context) ?? context.now
    let occurred = try instant(item["occurred_at"], base + "/occurred_at", context) ?? reported
    guard occurred <= reported else {
      throw RPCError.refused(
        rule: RuleID.instant, Text("Reported before it happened", zh: "案发时间不得晚于报案时间"),
        pointer: base + "/occurred_at")
    }
    let day = reported.date(in: context.zone)
    try victim.check(at: base + "/victim", on: day)
    let parties = try self.parties(accounts, base + "/accounts", tx)
    let places = Dictionary(
      parties.enumerated().map { ($0.element.number, $0.offset) }, uniquingKeysWith: { first, _ in first })
    let transfers = try rows.enumerated().map { place, row in
      try transfer(row, "\(base)/transfers/\(place)", context) { places[$0] }
    }
    let draft = Draft(
      station: station, key: key, digest: digest, fraudType: fraudType,
      ageBand: AgeBand.of(victim.idNumber, on: day, bounds: try policy.ageBounds(on: day)),
      occurred: occurred, reported: reported, victim: victim, summary: item["summary"]?.stringValue,
      parties: parties, transfers: transfers)
    try checkTotals(transfers, victims: draft.victims, base)
    return .fresh(draft)
  }

  func parties(
    _ accounts: [JSONValue], _ pointer: String, _ tx: any ReadTransaction
  ) throws -> [Party] {
    var seen: Set<String> = []
    return try accounts.enumerated().map { place, told in
      let party = try Party(told, at: "\(pointer)/\(place)", tx)
      guard seen.insert(party.number).inserted else {
        throw RPCError.refused(
          rule: RuleID.known, Text("This number is listed twice", zh: "账户重复列出"),
          pointer: "\(pointer)/\(place)/number")
      }
      return party
    }
  }

  /// One transfer, its accounts found by their numbers.
  func transfer(
    _ row: JSONValue, _ pointer: String, _ context: CallContext, place: (String) throws -> Int?
  ) throws -> Transfer {
    guard let amount = row["amount"]?.intValue, let from = row["from"]?.stringValue,
      let to = row["to"]?.stringValue, let at = try instant(row["at"], pointer + "/at", context)
    else { throw RPCError.invalid(Text("Not a transfer", zh: "转账记录无效"), pointer: pointer) }
    func account(_ number: String, _ member: String) throws -> Int {
      guard let found = try place(number) else {
        throw RPCError.refused(
          rule: RuleID.known, Text("This account is not listed in 'accounts'", zh: "该账户未在账户清单中列出"),
          pointer: "\(pointer)/\(member)")
      }
      return found
    }
    let (source, target) = (try account(from, "from"), try account(to, "to"))
    guard source != target else {
      throw RPCError.refused(
        rule: RuleID.parties, Text("Money goes from one account to another", zh: "转出与转入账户不能相同"),
        pointer: pointer + "/to")
    }
    return Transfer(
      at: at, amount: amount, from: source, to: target, reference: row["reference"]?.stringValue)
  }

  /// What all transfers of a report add up to.
  func checkTotals(_ transfers: [Transfer], victims: [Int], _ base: String) throws(RPCError) {
    // A thousand amounts within the limit add up within 64 bits.
    guard transfers.reduce(0, { $0 + $1.amount }) <= Limits.amount else {
      throw .refused(
        rule: RuleID.amount,
        Text("The transfers add up to more than \(Limits.amount) fen", zh: "转账合计超过 \(Limits.amount) 分"),
        pointer: base + "/transfers")
    }
    guard Report.loss(transfers, victims) > 0 else {
      throw .refused(
        rule: RuleID.loss,
        Text("More has to leave the victim's accounts than came back", zh: "自被害人账户转出的金额须大于转回的金额"),
        pointer: base + "/transfers")
    }
  }

  /// - Throws: `refused_by_rule` for an instant in the future.
  func instant(_ value: JSONValue?, _ pointer: String, _ context: CallContext) throws(RPCError) -> Instant? {
    guard let value else { return nil }
    guard let instant = value.stringValue.flatMap({ Instant(rfc3339: $0) }) else {
      throw .invalid(Text("Not an instant", zh: "时间无效"), pointer: pointer)
    }
    guard instant <= context.now else {
      throw .refused(
        rule: RuleID.instant, Text("This instant is in the future", zh: "时间不得晚于当前时间"), pointer: pointer
      )
    }
    return instant
  }

  private func find(_ station: String, _ key: String, _ tx: any ReadTransaction) throws -> Record? {
    let query = Query("report", index: "by_key", equals: [.text(Self.indexKey(station, key))], limit: 1)
    return try tx.query(query).records.first
  }

  /// Keys are the caller's own, within a station.
  static func indexKey(_ station: String, _ key: String) -> String { "\(station)/\(key)" }
}

/// Tells whether the same was sent again. Not against an adversary, and kept with the personal data.
enum Digest {
  /// FNV-1a, 64 bits, of the canonical form.
  static func of(_ item: JSONObject) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in JSONValue.object(item).canonical { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return String(hash, radix: 16)
  }
}
