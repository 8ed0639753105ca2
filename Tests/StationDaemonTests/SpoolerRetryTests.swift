import Foundation
import StationDaemon
import StationKit
import Testing

@Suite struct SpoolerRetryTests {
  @Test func `a file that was set aside goes back when somebody asks`() throws {
    let (bank, stop, message) = try SpoolerBank.asked()
    let text = bank.answer(message, at: "2026-03-02T12:00:00+08:00")
    try bank.put("older", as: "a.xml", in: "set-aside")
    try bank.put(text)
    try bank.round()
    bank.minutes(240)
    let id = SpoolerBank.digest(text)
    _ = try bank.call("stoploss.spool.retry", ["id": .string(id)])
    try bank.put("<new", as: "a.xml")
    try bank.round()
    #expect(try bank.stop(stop)["state"] == "stopped")
    #expect(bank.text("set-aside", "a.xml") == "older")
    #expect(bank.names("done") == ["a.xml.\(id.prefix(16))"], "its name was taken again meanwhile")
    #expect(try bank.list("settled").count == 1)
    #expect(bank.names("in").isEmpty)
  }

  @Test func `a folder that was set aside goes back as well, and a file that went away is gone`() throws {
    let (bank, _, _) = try SpoolerBank.asked()
    try FileManager.default.createDirectory(
      atPath: bank.path("in", "folder"), withIntermediateDirectories: false)
    try bank.put("<x", as: "x.xml")
    try bank.round()
    for item in try bank.list("set_aside") {
      _ = try bank.call("stoploss.spool.retry", ["id": item["id"] ?? .null])
    }
    try FileManager.default.removeItem(atPath: bank.path("set-aside", "x.xml"))
    try bank.round()
    let listed = try bank.list("set_aside")
    #expect(listed.first { $0["name"] == "x.xml" }?["reason"]?["code"] == "gone")
    #expect(listed.first { $0["name"] == "folder" }?["times"] == 2)
    #expect(bank.names("set-aside").contains("folder") && bank.names("in").isEmpty)
  }

  @Test func `many files that wait for their time do not keep the daemon busy`() throws {
    let (bank, _, message) = try SpoolerBank.asked()
    for number in 0..<12 {
      let text = bank.answer(message, "PDCR", held: nil, id: "P\(number)", at: "2026-03-02T09:40:00+08:00")
      try bank.put(text, as: "\(number).xml")
    }
    try bank.round()
    bank.minutes(18)
    for item in try bank.list("set_aside") {
      _ = try bank.call("stoploss.spool.retry", ["id": item["id"] ?? .null])
    }
    var round = SpoolRound(files: bank.disk, ledger: bank.ledger)
    var rounds = 0
    while try round.run(), rounds < 10 { rounds += 1 }
    #expect(rounds < 10, "it does not come to rest")
    #expect(bank.names("in").count == 12)
    bank.minutes(2)
    try bank.round()
    #expect(bank.names("done").count == 12)
    #expect(try bank.list("settled").count == 12)
  }
}
