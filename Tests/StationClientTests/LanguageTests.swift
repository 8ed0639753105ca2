import StationClient
import Testing

@Suite struct LanguageTests {
  @Test(
    arguments: [
      (nil, [:], .en), (nil, ["LANG": "zh_CN.UTF-8"], .zh),
      (nil, ["LC_ALL": "C", "LANG": "zh_CN.UTF-8"], .en),
      (nil, ["LC_ALL": "", "LC_MESSAGES": "zh_TW"], .zh), ("zh", ["LC_ALL": "en_GB"], .zh),
      ("en", ["LANG": "zh"], .en),
    ] as [(String?, [String: String], Language)])
  func `the option goes before the locale`(choice: String?, environment: [String: String], expected: Language)
  {
    #expect(Language(choice: choice) { environment[$0] } == expected)
  }
}
