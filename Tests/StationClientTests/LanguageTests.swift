import StationClient
import Testing

@Suite struct LanguageTests {
  @Test(
    arguments: [
      (nil, [:], .en), (nil, ["LANG": "zh_CN.UTF-8"], .zh),
      (nil, ["LC_ALL": "C", "LANG": "zh_CN.UTF-8"], .en),
      (nil, ["LC_ALL": "", "LC_MESSAGES": "zh_TW"], .zh), ("zh", ["LC_ALL": "en_GB"], .zh),
      ("zh", ["LANG": "zh_CN.GBK"], .zh), ("en", ["LANG": "zh"], .en),
    ] as [(String?, [String: String], Language)])
  func `the option goes before the locale`(choice: String?, environment: [String: String], expected: Language)
  {
    #expect(Language(choice: choice) { environment[$0] } == expected)
  }

  @Test(
    arguments: [
      ("zh", .zh), ("zh_CN", .zh), ("zh_CN.utf8", .zh), ("zh_CN.UTF-8@pinyin", .zh), ("zh-CN", .zh),
      ("zh_CN@pinyin", .zh), ("zh.UTF-8", .zh), ("zha_CN.UTF-8", .en), ("zh_CN.GB18030", .en),
      ("zh_CN.GBK", .en), ("zh_TW.Big5", .en), ("zh_CN.gb2312@x", .en), ("en_US.UTF-8", .en),
      ("de_DE", .en), ("POSIX", .en),
    ] as [(String, Language)])
  func `Chinese is spoken to whom it can be written to`(locale: String, expected: Language) {
    #expect(Language(choice: nil) { $0 == "LANG" ? locale : nil } == expected)
  }

  @Test(
    arguments: [
      ("zh_CN:en", "en_US.UTF-8", .zh), ("en:zh", "zh_CN.UTF-8", .en), ("de:zh_CN", "en_US", .zh),
      ("de:fr", "zh_CN.UTF-8", .en), ("C:zh", "zh_CN.UTF-8", .en), ("", "zh_CN.UTF-8", .zh),
      (":", "zh_CN.UTF-8", .zh), ("zh", "C", .en), ("zh", "C.UTF-8", .en), ("zh", "POSIX", .en),
      ("zh", "", .en), ("zh", "en_US.ISO-8859-1", .en),
    ] as [(String, String, Language)])
  func `the list of languages goes before the locale's own, unless that is C`(
    list: String, locale: String, expected: Language
  ) {
    let environment = ["LANGUAGE": list, "LANG": locale]
    #expect(Language(choice: nil) { environment[$0] } == expected)
  }
}
