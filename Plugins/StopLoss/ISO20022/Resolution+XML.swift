import StationKit
import StationXML

extension Resolution {
  /// Versions of camt.029 in which the elements that are read here are the same.
  package static let versions = ["09", "10", "11", "12", "13", "14"]
  private static let prefix = "urn:iso:std:iso:20022:tech:xsd:camt.029.001."

  /// Reads a file. Elements of the standard that are not asked for are passed over.
  ///
  /// - Parameter zone: of instants that name none.
  /// - Throws: why the file is not taken.
  package init(_ text: String, zone: Zone) throws(SpoolReason) {
    let root: XMLElement
    do {
      root = try XMLReader.read(text)
    } catch {
      throw SpoolReason(error)
    }
    guard root.name == "Document", Self.versions.contains(where: { root.namespace == Self.prefix + $0 })
    else {
      throw .otherDocument
    }
    let body = try root.need("RsltnOfInvstgtn")
    let assignment = try body.need("Assgnmt")
    id = try assignment.code("Id")
    let when = try assignment.need("CreDtTm").text
    guard let created = Self.instant(when, zone) else { throw .badValue }
    self.created = created
    let details = body.all("CxlDtls")
    let transactions = details.flatMap { $0.all("TxInfAndSts") }
    request = try Self.request([body] + transactions + details.flatMap { $0.all("OrgnlGrpInfAndSts") })
    var statuses: Set<String> = []
    for transaction in transactions {
      if let status = try transaction.one("TxCxlSts") { statuses.insert(status.text) }
    }
    // Only a cancellation is asked for: another kind of investigation is another kind of answer.
    guard let status = try body.need("Sts").one("Conf")?.text else { throw .unknownStatus }
    switch status {
    case "CNCL":
      guard statuses.isSubset(of: ["ACCR"]) else { throw .inconsistent }
      outcome = .accepted(amount: try Self.amount(body, transactions))
    case "PECR":
      guard statuses.isEmpty || statuses.contains("ACCR") else { throw .inconsistent }
      outcome = .accepted(amount: try Self.amount(body, transactions))
    case "RJCR":
      guard statuses.isSubset(of: ["RJCR"]) else { throw .inconsistent }
      outcome = .refused(try Self.reasons(transactions + details.flatMap { $0.all("OrgnlGrpInfAndSts") }))
    case "PDCR", "CWFW":
      guard statuses.isSubset(of: ["PDCR"]) else { throw .inconsistent }
      outcome = .pending
    default: throw .unknownStatus
    }
  }

  /// The one case that all places name which may name it.
  private static func request(_ places: [XMLElement]) throws(SpoolReason) -> String {
    var cases: Set<String> = []
    for place in places {
      guard let resolved = try place.one("RslvdCase") else { continue }
      cases.insert(try resolved.code("Id"))
    }
    guard let first = cases.first else { throw .missingElement }
    guard cases.count == 1 else { throw .inconsistent }
    return first
  }

  /// What is held: the sum over the transactions, or the amount for all of them; the same where both are there.
  private static func amount(_ body: XMLElement, _ transactions: [XMLElement]) throws(SpoolReason) -> Int {
    var sum = 0
    var isSummed = false
    for transaction in transactions {
      guard let fen = try money(transaction), try transaction.one("TxCxlSts")?.text != "RJCR" else {
        continue
      }
      let (total, overflow) = sum.addingReportingOverflow(fen)
      guard !overflow else { throw .badValue }
      sum = total
      isSummed = true
    }
    let whole = try money(body)
    guard let amount = isSummed ? sum : whole else { throw .amountMissing }
    guard whole == nil || whole == amount else { throw .inconsistent }
    guard amount > 0 else { throw .badValue }
    return amount
  }

  private static func money(_ place: XMLElement) throws(SpoolReason) -> Int? {
    guard let element = try place.one("RsltnRltdInf")?.one("IntrBkSttlmAmt") else { return nil }
    guard element.attributes["Ccy"] == "CNY" else { throw .currency }
    guard let fen = fen(element.text) else { throw .badValue }
    return fen
  }

  private static func reasons(_ places: [XMLElement]) throws(SpoolReason) -> [String] {
    var codes: [String] = []
    for place in places {
      for information in place.all("CxlStsRsnInf") {
        guard let reason = try information.one("Rsn") else { continue }
        let code = try reason.one("Cd") == nil ? reason.code("Prtry") : reason.code("Cd")
        if !codes.contains(code) { codes.append(code) }
      }
    }
    guard codes.count <= 16 else { throw .badValue }
    return codes
  }

  /// Yuan (xs:decimal) of which only two decimals may count, as fen.
  static func fen(_ text: String) -> Int? {
    var digits = collapsed(text)
    guard digits.count <= 64 else { return nil }
    if digits.first == UInt8(ascii: "+") { digits.removeFirst() }
    let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard digits.count >= parts.count, (1...2).contains(parts.count) else { return nil }
    let whole = parts[0].drop { $0 == 0x30 }
    let decimals = parts.count == 2 ? Array(parts[1]) : []
    guard whole.count <= 14, decimals.dropFirst(2).allSatisfy({ $0 == 0x30 }) else { return nil }
    var fen = 0
    for byte in Array(whole) + [decimals.first ?? 0x30, decimals.dropFirst().first ?? 0x30] {
      guard (0x30...0x39).contains(byte) else { return nil }
      fen = fen * 10 + Int(byte) - 0x30
    }
    return fen
  }

  /// Without the white space around it, which a schema's numbers and instants may have.
  private static func collapsed(_ text: String) -> ArraySlice<UInt8> {
    let bytes = Array(text.utf8)
    let isBlank = { (byte: UInt8) in [0x09, 0x0A, 0x0D, 0x20].contains(byte) }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }),
      let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return [] }
    return bytes[first...last]
  }

  /// An ISODateTime: a finer fraction than milliseconds is cut off, and a time without offset is in `zone`.
  static func instant(_ text: String, _ zone: Zone) -> Instant? {
    let text = String(decoding: collapsed(text), as: UTF8.self)
    guard text.utf8.count <= 64 else { return nil }
    var clock = Substring(text)
    var offset = ""
    if text.hasSuffix("Z") {
      clock = text.dropLast()
      offset = "Z"
    } else if let sign = text.dropFirst(19).lastIndex(where: { $0 == "+" || $0 == "-" }) {
      clock = text[..<sign]
      offset = String(text[sign...])
    } else {
      let minutes = abs(zone.offsetMinutes)
      func two(_ number: Int) -> String { "\(number / 10)\(number % 10)" }
      offset = (zone.offsetMinutes < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60)
    }
    if let point = clock.firstIndex(of: ".") {
      let fraction = clock[clock.index(after: point)...]
      guard !fraction.isEmpty, fraction.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      clock = clock[...point] + fraction.prefix(3)
    }
    return Instant(rfc3339: clock + offset)
  }
}

extension XMLElement {
  /// The only child of a name; nil if there is none.
  fileprivate func one(_ name: String) throws(SpoolReason) -> XMLElement? {
    let found = all(name)
    guard found.count <= 1 else { throw .repeatedElement }
    return found.first
  }

  fileprivate func need(_ name: String) throws(SpoolReason) -> XMLElement {
    guard let found = try one(name) else { throw .missingElement }
    return found
  }

  /// The text of a child: 1 to 35 characters of those that payment systems pass on.
  fileprivate func code(_ name: String) throws(SpoolReason) -> String {
    let text = try need(name).text
    let others = Set("/-?:().,'+ _".utf8)
    let isCode = text.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || others.contains($0)
    }
    guard isCode, (1...35).contains(text.utf8.count), text.utf8.first != 0x20, text.utf8.last != 0x20 else {
      throw .badValue
    }
    return text
  }
}
