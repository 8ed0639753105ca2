import StationKit

/// One account of a report that comes in: what was told of it, and the record that it already has, if any.
struct Party {
  let number: String
  let isVictim: Bool
  var id: String?
  var version = 0
  var account: Account

  /// Checks what was told and looks the account up.
  ///
  /// - Parameter pointer: of this account in the params.
  /// - Throws: `refused_by_rule` naming the member that does not hold.
  init(_ told: JSONValue, at pointer: String, _ tx: any ReadTransaction) throws {
    guard let number = told["number"]?.stringValue,
      let kind = Account.Kind(told["kind"]),
      let role = told["role"]?.stringValue
    else { throw RPCError.invalid(Text("Not an account", zh: "账户信息无效"), pointer: pointer) }
    let bank = told["bank"]?.stringValue
    let holder = told["holder"]?.stringValue
    let creditCode = told["credit_code"]?.stringValue
    try Self.check(number, kind, bank, creditCode, pointer)
    try TextScreen.check(told.objectValue ?? [:], at: pointer)
    self.number = number
    isVictim = role == "victim"
    guard let record = try Self.find(number, kind, bank, tx), let known = Account(record.body) else {
      account = Account(number: number, kind: kind, bank: bank)
      if let holder { account.add(holder: holder) }
      account.creditCode = creditCode
      return
    }
    id = record.id
    version = record.version
    account = known
    if let bank, let other = known.bank, other != bank {
      throw RPCError.refused(
        rule: RuleID.known,
        Text("This account is known with bank '\(other)'", zh: "该账户已登记的开户机构为“\(other)”"),
        pointer: pointer + "/bank")
    }
    if let creditCode, let other = known.creditCode, other != creditCode {
      throw RPCError.refused(
        rule: RuleID.known, Text("This account is known with another credit code", zh: "该账户已登记其他信用代码"),
        pointer: pointer + "/credit_code")
    }
    account.bank = known.bank ?? bank
    account.creditCode = known.creditCode ?? creditCode
    if let holder { account.add(holder: holder) }
    guard account.holders.count <= Limits.holdersPerAccount else {
      throw RPCError.refused(
        rule: RuleID.limits, Text("Too many names for one account", zh: "同一账户登记户名过多"),
        pointer: pointer + "/holder")
    }
    guard account.reports.count < Limits.reportsPerAccount else {
      throw RPCError.refused(
        rule: RuleID.limits, Text("Too many reports for one account", zh: "同一账户涉及报案过多"),
        pointer: pointer)
    }
  }

  /// The account of a number: a card by its number alone, any other with the bank that gave it.
  static func find(
    _ number: String, _ kind: Account.Kind, _ bank: String?, _ tx: any ReadTransaction
  ) throws -> Record? {
    let query = Query("account", index: "by_number", equals: [.text(number)], limit: 100)
    return try tx.query(query).records.first { record in
      record["kind"]?.stringValue == kind.rawValue && (kind == .card || record["bank"]?.stringValue == bank)
    }
  }

  private static func check(
    _ number: String, _ kind: Account.Kind, _ bank: String?, _ creditCode: String?, _ pointer: String
  ) throws(RPCError) {
    switch kind {
    case .card:
      guard CardNumber.isValid(number) else {
        throw .refused(
          rule: RuleID.card,
          Text("Not a card number: 16 to 19 digits with a Luhn check digit", zh: "银行卡号无效：应为十六至十九位且校验位正确"),
          pointer: pointer + "/number")
      }
    case .corporate, .payment:
      let shortest = kind == .corporate ? 5 : 3
      guard number.utf8.count >= shortest, number.utf8.allSatisfy({ isPlain($0, kind) }) else {
        throw .refused(
          rule: RuleID.account, Text("Not an account number of this kind", zh: "该类账户号码格式无效"),
          pointer: pointer + "/number")
      }
      guard bank != nil else {
        throw .refused(
          rule: RuleID.account,
          Text("Say which bank or payment institution gave this number", zh: "须注明开户银行或支付机构"),
          pointer: pointer + "/bank")
      }
    }
    if let creditCode, !CreditCode.isValid(creditCode) {
      throw .refused(
        rule: RuleID.creditCode, Text("Not a unified social credit code", zh: "统一社会信用代码无效"),
        pointer: pointer + "/credit_code")
    }
  }

  /// Digits, letters and '-'; with a payment institution whatever prints, since names and addresses are numbers.
  private static func isPlain(_ byte: UInt8, _ kind: Account.Kind) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): true
    default: kind == .payment && (0x21...0x7E).contains(byte)
    }
  }
}
