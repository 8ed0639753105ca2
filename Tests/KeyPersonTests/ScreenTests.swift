import KeyPerson
import ModuleTesting
import StationKit
import Testing

@Suite("Screen")
struct ScreenTests {
  private static func propose(_ text: String) throws {
    _ = try Fixture().propose(
      .bailPendingTrial,
      ["instrument": ["authority": .string(text), "number": "n-1", "date": "2026-02-20"]])
  }

  static let carried = [
    "330106198501010028", "330106，19850101，0028", "330106,19850101,0028", "330106（19850101）0028",
    "330106；19850101；0028", "330106850101002", "３３０１０６８５０１０１００２", "330106 850101 002",
    "证号：330106-850101-002。", "30.2741, 120.1551", "30.27 120.15", "120.15，30.27", "30.27/120.15附近",
    "（30.27，120.15）", "x30.2741y120.1551", "X=30.2741, Y=120.1551", "３０．２７ １２０．１５",
    "near 30.27 120.15 in the park",
  ]

  @Test("ID numbers and coordinates are found however they are written", arguments: carried)
  func found(_ text: String) {
    let error = #expect(throws: RPCError.self) { try Self.propose(text) }
    #expect(error?.rule == "keyperson.text" && error?.pointer == "/instrument/authority")
  }

  @Test(
    "dates, amounts and the numbers of documents pass",
    arguments: [
      "杭州市上城区人民法院", "（2026）浙0102民保令15号", "浙公（城）取保字〔2026〕31号", "A3301026000002026010001",
      "202603020001234", "6222 0212 3456 789", "2026-03-02, 2026-08-31", "2026.03.02-2026.08.31",
      "2026-03-02 10:30:15.250 - 2026-03-02 11:30:15.250", "2026年3月2日10时30分", "电话13800138000，057188880000",
      "价格39.90, 116.40元", "￥39.90, 116.40", "￥39.90，￥116.40", "45.50 x 120.30 cm", "30.27 mg, 120.15 ml",
      "体温36.50，血压120.80", "3.27 120.15", "版本30.27.1 120.15.2", "1,850,101.00 - 2,850,101.00",
    ])
  func harmless(_ text: String) throws { try Self.propose(text) }
}
