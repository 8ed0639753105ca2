import StationKit
import StationXML
import StopLoss
import Testing

@Suite struct CancellationRequestTests {
  static let request = CancellationRequest(
    id: "370202-BM-2026-000001", created: Instant(milliseconds: 1_795_312_235_123),
    sender: .init(code: "370202", name: "示例市公安局反诈中心"), bank: .clearing("102100099996"),
    stop: "0197a0c0-0000-7000-8000-000000000001", hold: 4_999_950, account: "6222021234567890128",
    holder: "王小明",
    items: [
      .init(
        at: Instant(milliseconds: 1_795_310_000_000), amount: 5_000_000, from: "6200000000000005",
        reference: "2026112200012345"),
      .init(at: Instant(milliseconds: 1_795_311_000_000), amount: 1, from: nil, reference: nil),
    ])

  @Test func `a request is written as camt 056 with reason FRAD`() throws {
    let file = try Self.request.file(version: "08", zone: .shanghai)
    #expect(
      String(decoding: file, as: UTF8.self) == """
        <?xml version="1.0" encoding="UTF-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.056.001.08">
          <FIToFIPmtCxlReq>
            <Assgnmt>
              <Id>370202-BM-2026-000001</Id>
              <Assgnr>
                <Pty>
                  <Nm>示例市公安局反诈中心</Nm>
                  <Id>
                    <OrgId>
                      <Othr>
                        <Id>370202</Id>
                      </Othr>
                    </OrgId>
                  </Id>
                </Pty>
              </Assgnr>
              <Assgne>
                <Agt>
                  <FinInstnId>
                    <ClrSysMmbId>
                      <ClrSysId>
                        <Cd>CNAPS</Cd>
                      </ClrSysId>
                      <MmbId>102100099996</MmbId>
                    </ClrSysMmbId>
                  </FinInstnId>
                </Agt>
              </Assgne>
              <CreDtTm>2026-11-22T09:50:35.123+08:00</CreDtTm>
            </Assgnmt>
            <Case>
              <Id>370202-BM-2026-000001</Id>
              <Cretr>
                <Pty>
                  <Nm>示例市公安局反诈中心</Nm>
                  <Id>
                    <OrgId>
                      <Othr>
                        <Id>370202</Id>
                      </Othr>
                    </OrgId>
                  </Id>
                </Pty>
              </Cretr>
            </Case>
            <CtrlData>
              <NbOfTxs>2</NbOfTxs>
              <CtrlSum>50000.01</CtrlSum>
            </CtrlData>
            <Undrlyg>
              <TxInf>
                <CxlId>370202-BM-2026-000001-1</CxlId>
                <OrgnlTxId>2026112200012345</OrgnlTxId>
                <OrgnlIntrBkSttlmAmt Ccy="CNY">50000.00</OrgnlIntrBkSttlmAmt>
                <OrgnlIntrBkSttlmDt>2026-11-22</OrgnlIntrBkSttlmDt>
                <CxlRsnInf>
                  <Rsn>
                    <Cd>FRAD</Cd>
                  </Rsn>
                  <AddtlInf>/STOP/0197a0c0-0000-7000-8000-000000000001</AddtlInf>
                  <AddtlInf>/HOLD/CNY49999.50</AddtlInf>
                </CxlRsnInf>
                <OrgnlTxRef>
                  <ReqdExctnDt>
                    <DtTm>2026-11-22T09:13:20.000+08:00</DtTm>
                  </ReqdExctnDt>
                  <DbtrAcct>
                    <Id>
                      <Othr>
                        <Id>6200000000000005</Id>
                      </Othr>
                    </Id>
                  </DbtrAcct>
                  <Cdtr>
                    <Pty>
                      <Nm>王小明</Nm>
                    </Pty>
                  </Cdtr>
                  <CdtrAcct>
                    <Id>
                      <Othr>
                        <Id>6222021234567890128</Id>
                      </Othr>
                    </Id>
                  </CdtrAcct>
                </OrgnlTxRef>
              </TxInf>
              <TxInf>
                <CxlId>370202-BM-2026-000001-2</CxlId>
                <OrgnlIntrBkSttlmAmt Ccy="CNY">0.01</OrgnlIntrBkSttlmAmt>
                <OrgnlIntrBkSttlmDt>2026-11-22</OrgnlIntrBkSttlmDt>
                <CxlRsnInf>
                  <Rsn>
                    <Cd>FRAD</Cd>
                  </Rsn>
                  <AddtlInf>/STOP/0197a0c0-0000-7000-8000-000000000001</AddtlInf>
                  <AddtlInf>/HOLD/CNY49999.50</AddtlInf>
                </CxlRsnInf>
                <OrgnlTxRef>
                  <ReqdExctnDt>
                    <DtTm>2026-11-22T09:30:00.000+08:00</DtTm>
                  </ReqdExctnDt>
                  <Cdtr>
                    <Pty>
                      <Nm>王小明</Nm>
                    </Pty>
                  </Cdtr>
                  <CdtrAcct>
                    <Id>
                      <Othr>
                        <Id>6222021234567890128</Id>
                      </Othr>
                    </Id>
                  </CdtrAcct>
                </OrgnlTxRef>
              </TxInf>
            </Undrlyg>
          </FIToFIPmtCxlReq>
        </Document>

        """)
    #expect(try Self.request.file(version: "08", zone: .shanghai) == file)
  }

  @Test(arguments: CancellationRequest.versions)
  func `every version has the same elements in its own namespace`(version: String) throws {
    let first = String(decoding: try Self.request.file(version: "08", zone: .shanghai), as: UTF8.self)
    let other = String(decoding: try Self.request.file(version: version, zone: .shanghai), as: UTF8.self)
    #expect(other.split(separator: "\n").dropFirst(2) == first.split(separator: "\n").dropFirst(2))
    #expect(other.contains("camt.056.001.\(version)\""))
  }

  static let banks: [(code: String?, card: String?, bank: CancellationRequest.Bank?)] = [
    ("ICBKCNBJ", nil, .bic("ICBKCNBJ")), ("ICBKCNBJSDG", "6222021234567890128", .bic("ICBKCNBJSDG")),
    ("102100099996", nil, .clearing("102100099996")), ("10210009999612", nil, .clearing("10210009999612")),
    ("icbkcnbj", nil, .other("icbkcnbj")), ("ICBK1NBJ", nil, .other("ICBK1NBJ")),
    ("ICBKCNB", nil, .other("ICBKCNB")),
    ("1021000999961", nil, .other("1021000999961")), ("ALIPAY", nil, .other("ALIPAY")),
    (nil, "6222021234567890128", .issuer("62220212")), ("", "6222021234567890128", .issuer("62220212")),
    (nil, nil, nil), ("", nil, nil),
  ]

  @Test(arguments: banks)
  func `a bank is named by what its code is`(code: String?, card: String?, bank: CancellationRequest.Bank?) {
    #expect(CancellationRequest.Bank(code: code, card: card) == bank)
  }

  @Test func `each kind of bank has its place`() throws {
    for (bank, text) in [
      (CancellationRequest.Bank.bic("ICBKCNBJ"), "<BICFI>ICBKCNBJ</BICFI>"),
      (.other("ALIPAY"), "<Id>ALIPAY</Id>"),
      (.issuer("62220212"), "<Prtry>IIN</Prtry>"),
    ] {
      var request = Self.request
      request.bank = bank
      #expect(String(decoding: try request.file(version: "08", zone: .utc), as: UTF8.self).contains(text))
    }
  }

  private typealias Change = @Sendable (inout CancellationRequest) -> Void

  private static let unwritable: [Change] = [
    { $0.id = "" }, { $0.id = String(repeating: "1", count: 36) },
    { $0.account = String(repeating: "1", count: 35) },
    { $0.account = "" }, { $0.holder = "" }, { $0.holder = String(repeating: "王", count: 141) },
    { $0.holder = "王\u{0}" }, { $0.holder = "\u{FFFE}" }, { $0.hold = 0 }, { $0.hold = -1 },
    { $0.hold = .max },
    { $0.items[0] = .init(at: nil, amount: 0) }, { $0.items[0] = .init(at: nil, amount: .max) },
    { $0.items[0] = .init(at: nil, amount: 1, reference: String(repeating: "1", count: 36)) },
    { $0.bank = .other(String(repeating: "x", count: 36)) }, { $0.items = [] },
  ]

  @Test(arguments: unwritable.indices)
  func `what does not fit the standard's types is not written`(number: Int) {
    var request = Self.request
    Self.unwritable[number](&request)
    #expect(throws: SpoolReason.notWritable) { try request.file(version: "08", zone: .shanghai) }
  }

  @Test func `a payer's number that does not fit is left out, and the rest is written`() throws {
    var request = Self.request
    request.items = [.init(at: nil, amount: 1, from: String(repeating: "1", count: 35))]
    let text = String(decoding: try request.file(version: "08", zone: .shanghai), as: UTF8.self)
    #expect(!text.contains("DbtrAcct") && text.contains("<CdtrAcct>"))
  }

  @Test func `the longest that fits is written`() throws {
    var request = Self.request
    request.holder = String(repeating: "王", count: 140)
    request.account = String(repeating: "1", count: 34)
    request.hold = 9_999_999_999_999_999
    request.items = [
      .init(
        at: nil, amount: 9_999_999_999_999_999, from: String(repeating: "2", count: 34),
        reference: String(repeating: "<", count: 35))
    ]
    let root = try XMLReader.read(request.file(version: "08", zone: .shanghai))
    #expect(root.name == "Document")
    let text = String(decoding: try request.file(version: "08", zone: .shanghai), as: UTF8.self)
    #expect(text.contains("<CtrlSum>99999999999999.99</CtrlSum>") && !text.contains("OrgnlIntrBkSttlmDt"))
  }
}
