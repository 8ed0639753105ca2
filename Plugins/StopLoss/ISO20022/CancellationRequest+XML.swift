import StationKit
import StationXML

extension CancellationRequest {
  /// Versions of camt.056 in which the elements that are written here are the same.
  package static let versions = ["08", "09", "10", "12"]

  /// The message as a file. The same request gives the same bytes.
  ///
  /// - Parameter version: one of ``versions``.
  /// - Throws: `not_writable` where a text is empty, longer than its element allows, or holds a character that XML
  ///   cannot; or an amount is not from 1 fen to 99,999,999,999,999.99.
  package func file(version: String, zone: Zone) throws(SpoolReason) -> [UInt8] {
    let form = MessageForm(namespace: "urn:iso:std:iso:20022:tech:xsd:camt.056.001.\(version)", zone: zone)
    do {
      return try document(form).encoded()
    } catch let reason as SpoolReason {
      throw reason
    } catch {
      throw .notWritable
    }
  }

  private func document(_ form: MessageForm) throws(SpoolReason) -> XMLElement {
    var sum = 0
    var transactions: [XMLElement] = []
    for (number, item) in items.enumerated() {
      let (total, overflow) = sum.addingReportingOverflow(item.amount)
      guard !overflow else { throw .notWritable }
      sum = total
      transactions.append(try transaction(item, number: number + 1, form))
    }
    let sender = try party(form)
    let request = form.group(
      "FIToFIPmtCxlReq",
      [
        form.group(
          "Assgnmt",
          [
            try form.text("Id", id), form.group("Assgnr", [sender]),
            form.group("Assgne", [form.group("Agt", [try agent(form)])]),
            try form.text("CreDtTm", created.rfc3339(zone: form.zone)),
          ]),
        form.group("Case", [try form.text("Id", id), form.group("Cretr", [sender])]),
        form.group(
          "CtrlData",
          [try form.text("NbOfTxs", "\(items.count)"), try form.text("CtrlSum", try MessageForm.amount(sum))]),
        form.group("Undrlyg", transactions),
      ])
    return form.group("Document", [request])
  }

  private func party(_ form: MessageForm) throws(SpoolReason) -> XMLElement {
    form.group(
      "Pty",
      [
        try form.text("Nm", sender.name, max: 140),
        form.group(
          "Id",
          [form.group("OrgId", [form.group("Othr", [try form.text("Id", sender.code)])])]),
      ])
  }

  private func agent(_ form: MessageForm) throws(SpoolReason) -> XMLElement {
    switch bank {
    case .bic(let code): form.group("FinInstnId", [try form.text("BICFI", code)])
    case .clearing(let code):
      form.group(
        "FinInstnId",
        [
          form.group(
            "ClrSysMmbId",
            [
              form.group("ClrSysId", [try form.text("Cd", "CNAPS")]), try form.text("MmbId", code),
            ])
        ])
    case .other(let code): form.group("FinInstnId", [form.group("Othr", [try form.text("Id", code)])])
    case .issuer(let digits):
      form.group(
        "FinInstnId",
        [
          form.group(
            "Othr",
            [try form.text("Id", digits), form.group("SchmeNm", [try form.text("Prtry", "IIN")])])
        ])
    }
  }

  private func transaction(_ item: Item, number: Int, _ form: MessageForm) throws(SpoolReason) -> XMLElement {
    var parts = [try form.text("CxlId", "\(id)-\(number)")]
    if let reference = item.reference { parts.append(try form.text("OrgnlTxId", reference)) }
    parts.append(try form.money("OrgnlIntrBkSttlmAmt", item.amount))
    if let at = item.at {
      parts.append(try form.text("OrgnlIntrBkSttlmDt", at.date(in: form.zone).description))
    }
    parts.append(
      form.group(
        "CxlRsnInf",
        [
          form.group("Rsn", [try form.text("Cd", "FRAD")]),
          try form.text("AddtlInf", "/STOP/\(stop)", max: 105),
          try form.text("AddtlInf", "/HOLD/CNY\(try MessageForm.amount(hold))", max: 105),
        ]))
    parts.append(try original(item, form))
    return form.group("TxInf", parts)
  }

  /// What the bank compares: time, payer's account, name and account of who was paid.
  private func original(_ item: Item, _ form: MessageForm) throws(SpoolReason) -> XMLElement {
    var parts: [XMLElement] = []
    if let at = item.at {
      parts.append(form.group("ReqdExctnDt", [try form.text("DtTm", at.rfc3339(zone: form.zone))]))
    }
    // The element is optional: a payer's number that does not fit stops nothing.
    if let from = item.from, let payer = try? form.account("DbtrAcct", from) { parts.append(payer) }
    if let holder {
      parts.append(form.group("Cdtr", [form.group("Pty", [try form.text("Nm", holder, max: 140)])]))
    }
    parts.append(try form.account("CdtrAcct", account))
    return form.group("OrgnlTxRef", parts)
  }
}

/// Makes elements of one namespace, each within the bounds of its type.
private struct MessageForm {
  let namespace: String
  let zone: Zone

  func group(_ name: String, _ children: [XMLElement]) -> XMLElement {
    XMLElement(name, namespace: namespace, children: children)
  }

  func text(_ name: String, _ value: String, max: Int = 35) throws(SpoolReason) -> XMLElement {
    guard (1...max).contains(value.unicodeScalars.count) else { throw .notWritable }
    return XMLElement(name, namespace: namespace, text: value)
  }

  func account(_ name: String, _ number: String) throws(SpoolReason) -> XMLElement {
    group(name, [group("Id", [group("Othr", [try text("Id", number, max: 34)])])])
  }

  func money(_ name: String, _ fen: Int) throws(SpoolReason) -> XMLElement {
    XMLElement(name, namespace: namespace, attributes: ["Ccy": "CNY"], text: try MessageForm.amount(fen))
  }

  /// Fen as yuan with two decimals.
  static func amount(_ fen: Int) throws(SpoolReason) -> String {
    guard (1...9_999_999_999_999_999).contains(fen) else { throw .notWritable }
    return "\(fen / 100).\(fen % 100 / 10)\(fen % 10)"
  }
}
