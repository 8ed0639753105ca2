import StationKit
import Testing

@Suite struct FreeTextTests {
  static let numbers = [
    "11010519491231002X", "身份证11010519491231002X。", "id=11010519491231002x;", "110105 19491231 002X",
    "110105-1949-1231-002X", "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X", "１１０１０５１９４９１２３１００２Ｘ",
    "110105　19491231　002Ｘ", "110105·1949·1231·002X", "1\u{200B}10105194\u{FEFF}91231002X",
    "110105\n19491231\r\n002X",
    "110105.1949.1231.002X", "110105/19491231/002x", "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "𝟏𝟏𝟎𝟏𝟎𝟓𝟏𝟗𝟒𝟗𝟏𝟐𝟑𝟏𝟎𝟎𝟐X",
    "1️⃣1️⃣0105194912310 02X", "440524188001010014", "99440524188001010014", "44052418800101001499",
    "电话13800138000，证号440524188001010014", "110105 — 1949 12 31 002X",
  ]

  @Test(arguments: numbers) func `an ID number is found however it is spaced or written`(text: String) {
    #expect(FreeText.finding(in: text) == .idNumber)
  }

  static let places = [
    "39.9042, 116.4074", "39.9042,116.4074", "(39.90420 116.40740)", "116.4074，39.9042", "３９．９０４２，１１６．４０７４",
    "geo:39.9042,116.4074;u=35", "geo:39.9,116.4", "GEO：39.9，116.4",
    "https://maps.example/@39.9042,116.4074,17z", "ll=39.9042%2C116.4074",
    "-33.8688, 151.2093", "+39.9042+116.4074/", #"{"lat": 39.9, "lng": 116.4}"#, #"{"lat":39.9,"lng":116.4}"#,
    "lat=39.90&lon=116.40", "latitude 39.9, longitude 116.4", "纬度39.9，经度116.4", "纬度：39.90", "经度 116.40",
    "北纬39.9度，东经116.4度", "北纬39度 东经116度", "东经116°23′17″，北纬39°54′27″", "39°54′N", "39°54'15\"N 116°24'26\"E",
    "39度54分15秒", "北纬39度54分", "N39.9 E116.4", "39.9N 116.4E", "39.9042°N", "39.90°, 116.40°",
    "N 39 54.25 E 116 24.44",
    "39 54 15 N, 116 24 26 E", "39°54.25'", "他住在 39.90421 116.40739 附近", "第3点 39.9042, 116.4074",
    "3 39.9042 116.4074",
    "lat/lon: 39.9042 116.4074", "39.9042°,116.4074°", "116.4074°,39.9042°", "39.9042\n116.4074",
    "39.9042；116.4074",
    "39.9042 / 116.4074", "٣٩.٩٠٤٢, ١١٦.٤٠٧٤", "S33.86 W70.66", "39.9042北 116.4074东",
    "北緯30.2741度，東經120.1551度", "緯度30.2741，經度120.1551", "南緯30.2度 西經70.1度", "30.2741北 120.1551東",
    "30.2741和120.1551", "30.2741 与 120.1551", "30.2741與120.1551", "30.2741 and 120.1551",
    "30.2N and 120.1E", "latitude 30.2 and 120.1", "latitude is 30.2741, longitude is 120.1551",
    "latitude is 30.2, longitude is 120.1", "纬度是30.2741", "經度為120.1551",
  ]

  @Test(arguments: places) func `coordinates are found in the usual forms`(text: String) {
    #expect(FreeText.finding(in: text) == .coordinates)
  }

  static let harmless = [
    "", " ", "每月五日到社区报到一次", "电话13800138000", "电话 138 0013 8000 或 139 0013 9000", "卡号6222021234567890128",
    "11010519491231002", "110105194912310020", "11010519491332002X", "110105194912310 abc 02X",
    "110105    19491231    002X",
    "2026年3月2日10时30分", "2026-03-02 10:30:15.250", "2026-03-02T10:30:15.250+08:00", "体温38.5度", "38.5℃",
    "气温5度，北风3级",
    "已经3.50元", "经过2.35公里", "每次2.5 mg，共3.75 mg", "价格39.90, 116.40元", "192.168.1.1, 10.0.0.1", "版本1.2.3，2.0.1",
    "3.5, 4.5, 6.5", "1,234.567元", "往北走300米，往东走50米", "路东3号楼，路西5号楼", "第12条第3款", "50% 和 20%", "A-3 座 1204",
    "The wall is 2.35 long", "2 N 3 E", "200.123, 300.456", "10 20 30 40", "12.345 kg, 23.456 kg", "5'10\"",
    "30.27和120.15", "30.27 and 120.15", "30.2741和20.5", "12.345 kg and 23.456 kg", "已經3.50元，經過2.35公里",
    "路東3號樓，路西5號樓", "1和2东，3和4北", "体温38.55度和37.25度", "The wall is 2.35 long and 3.45 high",
    "East is 38.5, north is 36.5", "和为2.351，差是3.462", "latitude is 5",
    "\"3\" and '4'",
    "SR-2026-000001", "0197a0c0-0000-7000-8000-000000000001",
  ]

  @Test(arguments: harmless) func `other numbers pass`(text: String) {
    #expect(FreeText.finding(in: text) == nil)
  }

  /// Each row is one text, written in several ways.
  static let written = [
    ["(2026)12", "（2026）12", "(2026) 12", " (2026) １2 ", "〔2026〕12", "[2026]12", "(2026\u{200B})12"],
    ["清平县人民法院", "清平县 人民法院", "清平县　人民法院"], ["officer1", "Officer 1", "ＯＦＦＩＣＥＲ　１", "officer\t1"],
  ]

  @Test(arguments: written) func `texts are compared however they are written`(row: [String]) {
    for text in row { #expect(FreeText.folded(text) == row[0]) }
  }

  @Test func `other texts stay others, and something is left of each`() {
    #expect(FreeText.folded("(2026)12") != FreeText.folded("(2026)13"))
    #expect(FreeText.folded("2026-12") != FreeText.folded("202612"))
    #expect(FreeText.folded("\u{200B}") == "\u{200B}")
  }

  @Test func `an ID number is told of before coordinates`() {
    #expect(FreeText.finding(in: "39.9042, 116.4074; 11010519491231002X") == .idNumber)
  }

  @Test func `every finding has a name in both languages`() {
    #expect(FreeText.Finding.allCases.allSatisfy { !$0.name.en.isEmpty && !$0.name.zh.isEmpty })
  }

  /// Twice the text may take about twice the time; a quadratic screen would take minutes here.
  @Test(arguments: [
    "1", "1 ", "39.9042 ", "39 ", "北", "N", "°1", "1°", "lat:", "1234567890123456X", "\u{200B}", "'", "%2",
  ])
  func `the time is linear in the length of the text`(piece: String) {
    let text = String(repeating: piece, count: 400_000 / piece.utf8.count)
    let clock = ContinuousClock()
    let time = clock.measure { _ = FreeText.finding(in: text) }
    #expect(time < .seconds(30))
  }
}
