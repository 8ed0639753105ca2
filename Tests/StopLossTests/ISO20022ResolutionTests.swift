import StationKit
import StopLoss
import Testing

/// A camt.029 as a bank may write it.
struct BankFile {
  var version = "09"
  var id = "ICBC-7"
  var created = "2026-11-22T14:40:00.000+08:00"
  var status = "CNCL"
  var request: String? = "370202-BM-2026-000001"
  /// Status, reasons and amount of each transaction.
  var transactions: [(status: String?, reasons: String, amount: String?)] = []
  var amount: String? = "49999.50"
  var currency = "CNY"

  var text: String {
    func money(_ amount: String?) -> String {
      amount.map { "<RsltnRltdInf><IntrBkSttlmAmt Ccy=\"\(currency)\">\($0)</IntrBkSttlmAmt></RsltnRltdInf>" }
        ?? ""
    }
    let bank = "<Agt><FinInstnId><BICFI>ICBKCNBJ</BICFI></FinInstnId></Agt>"
    let police = "<Pty><Nm>示例市公安局反诈中心</Nm></Pty>"
    let known = request.map { "<RslvdCase><Id>\($0)</Id><Cretr>\(police)</Cretr></RslvdCase>" } ?? ""
    let details = transactions.map { item in
      let status = item.status.map { "<TxCxlSts>\($0)</TxCxlSts>" } ?? ""
      return "<TxInfAndSts>\(known)\(status)\(item.reasons)\(money(item.amount))</TxInfAndSts>"
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.\(version)"><RsltnOfInvstgtn>
        <Assgnmt><Id>\(id)</Id><Assgnr>\(bank)</Assgnr><Assgne>\(police)</Assgne><CreDtTm>\(created)</CreDtTm></Assgnmt>
        \(known)<Sts><Conf>\(status)</Conf></Sts>
        \(details.isEmpty ? "" : "<CxlDtls>\(details.joined())</CxlDtls>")
        \(money(amount))
      </RsltnOfInvstgtn></Document>
      """
  }

  static func code(_ code: String) -> String { "<CxlStsRsnInf><Rsn><Cd>\(code)</Cd></Rsn></CxlStsRsnInf>" }
  static func own(_ word: String) -> String {
    "<CxlStsRsnInf><Rsn><Prtry>\(word)</Prtry></Rsn></CxlStsRsnInf>"
  }
}

@Suite struct ResolutionTests {
  private static let at = Instant(rfc3339: "2026-11-22T14:40:00.000+08:00") ?? .earliest

  private static func resolution(_ outcome: Resolution.Outcome, created: Instant = at) -> Resolution {
    Resolution(id: "ICBC-7", request: "370202-BM-2026-000001", created: created, outcome: outcome)
  }

  private static let taken: [(BankFile, Resolution.Outcome)] = [
    (BankFile(), .accepted(amount: 4_999_950)),
    (BankFile(version: "14"), .accepted(amount: 4_999_950)),
    (BankFile(status: "PECR", amount: "0.01"), .accepted(amount: 1)),
    (BankFile(amount: "100"), .accepted(amount: 10_000)),
    (BankFile(amount: "100.5"), .accepted(amount: 10_050)),
    (BankFile(amount: "00100.50000"), .accepted(amount: 10_050)),
    (BankFile(amount: "99999999999999.99"), .accepted(amount: 9_999_999_999_999_999)),
    // Forms of xs:decimal.
    (BankFile(amount: " 10000.00\n"), .accepted(amount: 1_000_000)),
    (BankFile(amount: "+1"), .accepted(amount: 100)),
    (BankFile(amount: "1."), .accepted(amount: 100)), (BankFile(amount: ".5"), .accepted(amount: 50)),
    (BankFile(amount: "1.000000"), .accepted(amount: 100)),
    (BankFile(amount: "0000000000000000000001"), .accepted(amount: 100)),
    (
      BankFile(transactions: [("ACCR", "", "30000.00"), ("ACCR", "", "19999.50")], amount: nil),
      .accepted(amount: 4_999_950)
    ),
    (BankFile(transactions: [(nil, "", "1.00")], amount: "1"), .accepted(amount: 100)),
    (
      BankFile(
        status: "PECR", transactions: [("ACCR", "", "1.00"), ("RJCR", BankFile.code("AM04"), "5.00")],
        amount: nil),
      .accepted(amount: 100)
    ),
    (BankFile(status: "PDCR", amount: nil), .pending), (BankFile(status: "CWFW", amount: nil), .pending),
    (BankFile(status: "PDCR", transactions: [("PDCR", BankFile.code("PTNA"), nil)], amount: nil), .pending),
    (BankFile(status: "RJCR", amount: nil), .refused([])),
    (
      BankFile(
        status: "RJCR",
        transactions: [
          ("RJCR", BankFile.code("AM09") + BankFile.own("NAME"), nil), ("RJCR", BankFile.code("AM09"), nil),
        ],
        amount: nil), .refused(["AM09", "NAME"])
    ),
  ]

  @Test(arguments: taken.indices) func `a bank's answer is read`(number: Int) throws {
    let (file, outcome) = Self.taken[number]
    #expect(try Resolution(file.text, zone: .shanghai) == Self.resolution(outcome))
  }

  private static let refused: [(BankFile, SpoolReason)] = [
    (BankFile(version: "08"), .otherDocument), (BankFile(version: "15"), .otherDocument),
    (BankFile(id: ""), .badValue), (BankFile(id: String(repeating: "1", count: 36)), .badValue),
    (BankFile(id: "王小明"), .badValue), (BankFile(id: " 7"), .badValue),
    (BankFile(request: nil), .missingElement),
    (BankFile(request: ""), .badValue), (BankFile(status: "MODI"), .unknownStatus),
    (BankFile(status: ""), .unknownStatus),
    (BankFile(status: "cncl"), .unknownStatus), (BankFile(amount: nil), .amountMissing),
    (BankFile(status: "PECR", amount: nil), .amountMissing), (BankFile(currency: "USD"), .currency),
    (BankFile(currency: ""), .currency), (BankFile(amount: "0"), .badValue),
    (BankFile(amount: "0.00"), .badValue),
    (BankFile(amount: "-1"), .badValue), (BankFile(amount: "1.001"), .badValue),
    (BankFile(amount: "1,00"), .badValue),
    (BankFile(amount: "1e3"), .badValue), (BankFile(amount: "."), .badValue),
    (BankFile(amount: "+"), .badValue), (BankFile(amount: "++1"), .badValue),
    (BankFile(amount: "1 0"), .badValue), (BankFile(amount: "１"), .badValue),
    (BankFile(amount: "1.0000001"), .badValue), (BankFile(amount: " "), .badValue),
    (BankFile(amount: "100000000000000"), .badValue),
    (BankFile(amount: String(repeating: "9", count: 200)), .badValue),
    (BankFile(transactions: [("ACCR", "", "1.00")], amount: "2.00"), .inconsistent),
    (BankFile(transactions: [("RJCR", "", nil)]), .inconsistent),
    (BankFile(transactions: [("PDCR", "", nil)]), .inconsistent),
    (BankFile(status: "PECR", transactions: [("RJCR", "", nil)]), .inconsistent),
    (BankFile(status: "RJCR", transactions: [("ACCR", "", nil)], amount: nil), .inconsistent),
    (BankFile(status: "PDCR", transactions: [("ACCR", "", nil)], amount: nil), .inconsistent),
    (BankFile(status: "RJCR", transactions: [("RJCR", BankFile.own("王"), nil)], amount: nil), .badValue),
  ]

  @Test(arguments: refused.indices) func `what cannot be relied on is refused with its reason`(number: Int) {
    let (file, reason) = Self.refused[number]
    #expect(throws: reason) { try Resolution(file.text, zone: .shanghai) }
  }

  private static let changed: [(String, String, SpoolReason)] = [
    ("<Sts>", "<Sts/><Sts>", .repeatedElement),
    ("<CreDtTm>", "<CreDtTm>2026-11-22T14:40:00Z</CreDtTm><CreDtTm>", .repeatedElement),
    ("<Conf>CNCL</Conf>", "<DplctOf><Id>1</Id></DplctOf>", .unknownStatus),
    ("<Conf>CNCL</Conf>", "<Conf>CNCL</Conf><Conf>RJCR</Conf>", .repeatedElement),
    ("<Sts><Conf>CNCL</Conf></Sts>", "", .missingElement),
    ("RsltnOfInvstgtn", "FIToFIPmtCxlReq", .missingElement),
    ("Document", "Envelope", .otherDocument), ("urn:iso", "urn:x", .otherDocument),
    ("</Document>", "", .truncated),
    ("encoding=\"UTF-8\"", "encoding=\"GB18030\"", .encoding),
    ("<Document", "<!DOCTYPE Document><Document", .doctype),
    ("<Sts>", "<?x y?><Sts>", .notXML), ("<Sts>", "&x;<Sts>", .notXML), ("<Sts>", "<Sts", .notXML),
    ("<RslvdCase><Id>370202-BM-2026-000001</Id>", "<RslvdCase><Id>1</Id><Id>2</Id>", .repeatedElement),
    ("</RsltnOfInvstgtn>", String(repeating: "<x/>", count: 10_000) + "</RsltnOfInvstgtn>", .tooComplex),
    ("</RsltnOfInvstgtn>", String(repeating: "<x>", count: 40), .tooComplex),
    ("</RsltnOfInvstgtn>", String(repeating: " ", count: 262_144) + "</RsltnOfInvstgtn>", .tooLarge),
  ]

  @Test(arguments: changed.indices) func `a document of another form is refused with its reason`(number: Int)
  {
    let (part, replacement, reason) = Self.changed[number]
    let text = BankFile().text
    let pieces = text.split(separator: part, omittingEmptySubsequences: false)
    #expect(pieces.count > 1)
    #expect(throws: reason) { try Resolution(pieces.joined(separator: replacement), zone: .shanghai) }
  }

  @Test func `two cases in one answer are refused`() {
    var file = BankFile(status: "PDCR", amount: nil)
    file.transactions = [("PDCR", "<RsltnRltdInf/>", nil)]
    let text = file.text.split(separator: "<TxInfAndSts><RslvdCase><Id>370202-BM-2026-000001").joined(
      separator: "<TxInfAndSts><RslvdCase><Id>370202-BM-2026-000002")
    #expect(throws: SpoolReason.inconsistent) { try Resolution(text, zone: .shanghai) }
  }

  @Test(arguments: [
    ("2026-11-22T14:40:00+08:00", "2026-11-22T06:40:00.000Z"),
    ("2026-11-22T06:40:00Z", "2026-11-22T06:40:00.000Z"),
    ("2026-11-22T14:40:00", "2026-11-22T06:40:00.000Z"),
    ("2026-11-22T14:40:00.1", "2026-11-22T06:40:00.100Z"),
    ("\n  2026-11-22T14:40:00 ", "2026-11-22T06:40:00.000Z"),
    ("2026-11-22T14:40:00.1234567+08:00", "2026-11-22T06:40:00.123Z"),
    ("2026-11-22T01:40:00.999999-05:00", "2026-11-22T06:40:00.999Z"),
  ])
  func `an instant is in its own offset, or in the local zone`(written: String, utc: String) throws {
    let resolution = try Resolution(BankFile(created: written).text, zone: .shanghai)
    #expect(resolution.created.description == utc)
  }

  @Test(arguments: [
    "", "2026-11-22", "2026-11-22 14:40:00", "2026-02-30T14:40:00Z", "2026-11-22T24:00:00Z",
    "2026-11-22T14:40:00.+08:00",
    "2026-11-22T14:40:00.x+08:00", "2026-11-22T14:40:60Z", "26-11-22T14:40:00Z", "2026-11-22T14:40:00+0800",
    "-2026-11-22T14:40:00Z",
  ])
  func `anything else is no instant`(written: String) {
    #expect(throws: SpoolReason.badValue) { try Resolution(BankFile(created: written).text, zone: .shanghai) }
  }

  @Test func `elements that are not asked for are passed over`() throws {
    let text = BankFile().text.split(separator: "</RsltnOfInvstgtn>").joined(
      separator:
        "<SplmtryData><Envlp><x:y xmlns:x=\"urn:x\"><Sts>1</Sts></x:y></Envlp></SplmtryData></RsltnOfInvstgtn>"
    )
    #expect(try Resolution(text, zone: .shanghai) == Self.resolution(.accepted(amount: 4_999_950)))
  }

  @Test(arguments: [
    (["NAME"], [Mismatch.name]), (["BE01", "AM09"], [.name, .amount]), (["AC01"], [.account]),
    (["AC04", "AC03"], [.account]),
    (["TIME", "NAME"], [.name, .time]), (["NOOR"], [.amount, .time]), (["LEGL"], []), ([], []),
    (["AM04", "DT01"], [.time]),
  ])
  func `a bank's reasons tell what did not match`(reasons: [String], mismatches: [Mismatch]) {
    #expect(Resolution.mismatches(reasons) == mismatches)
  }

  @Test func `every beginning of an answer is refused`() {
    let text = Array(BankFile(transactions: [("ACCR", "", "1.00")], amount: "1.00").text.utf8)
    for count in stride(from: 0, to: text.count - 12, by: 7) {
      guard let part = String(validating: text[..<count], as: UTF8.self) else { continue }
      #expect(throws: SpoolReason.truncated) { try Resolution(part, zone: .shanghai) }
    }
  }

  @Test func `every reason has a text in both languages`() {
    for reason in SpoolReason.allCases {
      #expect(!reason.text.en.isEmpty && !reason.text.zh.isEmpty, "\(reason)")
    }
  }
}
