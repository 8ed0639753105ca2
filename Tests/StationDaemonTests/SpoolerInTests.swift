import Foundation
import StationDaemon
import StationKit
import StationStore
import StopLoss
import Testing

@Suite struct SpoolerInTests {
  @Test func `an answer is taken and moved to done`() throws {
    let (bank, stop, message) = try SpoolerBank.asked()
    try bank.put(bank.answer(message))
    try bank.round()
    #expect(bank.names("in").isEmpty && bank.names("done") == ["a.xml"])
    #expect(bank.text("done", "a.xml") == bank.answer(message))
    #expect(try bank.stop(stop)["state"] == "stopped")
  }

  @Test func `an answer again has no effect, and every file of it is set aside`() throws {
    let (bank, stop, message) = try SpoolerBank.asked()
    let text = bank.answer(message)
    try bank.put(text, as: "a.xml")
    try bank.put(text, as: "b.xml")
    try bank.round()
    try bank.put(text, as: "a.xml")
    try bank.put(bank.answer(message, id: "ICBC-8"), as: "c.xml")
    try bank.round()
    let again = ["a.xml", "b.xml", "c.xml"]
    #expect(bank.names("done") == ["a.xml"])
    #expect(bank.names("set-aside") == again.flatMap { [$0, "\($0).reason"] })
    for name in again {
      #expect(bank.text("set-aside", "\(name).reason")?.hasPrefix("duplicate\n") == true, "\(name)")
    }
    #expect(try bank.stop(stop)["history"]?.arrayValue?.count == 2)
    let listed = try bank.list("set_aside")
    #expect(Set(listed.compactMap { $0["name"]?.stringValue }) == Set(again))
    #expect(listed.allSatisfy { $0["reason"]?["code"] == "duplicate" && $0["times"] == 1 })
  }

  private static let bomb =
    "<!DOCTYPE l [<!ENTITY a \"ha\">"
    + (1...30).map {
      "<!ENTITY a\($0) \"&a\($0 - 1 == 0 ? "" : "\($0 - 1)");&a\($0 - 1 == 0 ? "" : "\($0 - 1)");\">"
    }.joined()
    + "]><Document>&a30;</Document>"

  private static let broken:
    [(name: String, bytes: @Sendable (SpoolerBank, String) -> [UInt8], reason: String)] = [
      ("empty.xml", { _, _ in [] }, "empty"), ("binary.xml", { _, _ in Array(0...255) }, "not_utf8"),
      ("zip.xml", { _, _ in Array("PK\u{3}\u{4}\u{0}\u{0}".utf8) }, "not_xml"),
      ("nul.xml", { bank, message in Array(bank.answer(message).utf8) + [0] }, "not_xml"),
      ("latin.xml", { _, _ in [0x3C, 0x61, 0x3E, 0xE9, 0x3C, 0x2F, 0x61, 0x3E] }, "not_utf8"),
      (
        "utf16.xml",
        { bank, message in
          [0xFF, 0xFE] + bank.answer(message).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        }, "not_utf8"
      ),
      ("huge.xml", { _, _ in [UInt8](repeating: 0x20, count: SpoolRound.fileLimit + 1) }, "too_large"),
      ("full.xml", { _, _ in [UInt8](repeating: 0x20, count: SpoolRound.fileLimit) }, "truncated"),
      ("character.xml", { _, _ in Array("<a>王".utf8.dropLast()) }, "truncated"),
      ("cut.xml", { bank, message in Array(bank.answer(message).utf8.dropLast(30)) }, "truncated"),
      ("bomb.xml", { _, _ in Array(bomb.utf8) }, "doctype"),
      ("external.xml", { _, _ in Array("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>".utf8) }, "doctype"),
      ("deep.xml", { _, _ in Array(String(repeating: "<a>", count: 60_000).utf8) }, "too_complex"),
      ("json.xml", { _, _ in Array("{}".utf8) }, "not_xml"),
      ("other.xml", { _, _ in Array("<a/>".utf8) }, "other_document"),
      ("unknown.xml", { bank, _ in Array(bank.answer("example-BM-2026-000099").utf8) }, "unknown_message"),
      (
        "more.xml", { bank, message in Array(bank.answer(message, held: "50000.01").utf8) },
        "amount_above_request"
      ),
      (
        "early.xml", { bank, message in Array(bank.answer(message, at: "2026-03-02T08:00:00+08:00").utf8) },
        "refused_by_rule"
      ),
      (
        "late.xml", { bank, message in Array(bank.answer(message, at: "2026-03-03T08:00:00+08:00").utf8) },
        "in_future"
      ),
      ("a name.xml", { bank, message in Array(bank.answer(message).utf8) }, "bad_name"),
      ("王小明.xml", { bank, message in Array(bank.answer(message).utf8) }, "bad_name"),
      ("6222020000000000075.xml", { bank, message in Array(bank.answer(message).utf8) }, "bad_name"),
      ("11010519491231002X.xml", { bank, message in Array(bank.answer(message).utf8) }, "bad_name"),
      (String(repeating: "n", count: 240), { bank, message in Array(bank.answer(message).utf8) }, "bad_name"),
    ]

  @Test(arguments: broken.indices)
  func `a file that cannot be taken is set aside with its reason, and the stop does not hear of it`(
    number: Int
  ) throws {
    let (bank, stop, message) = try SpoolerBank.asked()
    let (name, make, reason) = Self.broken[number]
    let bytes = make(bank, message)
    try bank.put(bytes, as: name)
    try bank.round()
    #expect(bank.names("in").isEmpty && bank.names("done").isEmpty)
    let place =
      name.utf8.count > 200
      ? String(SpoolerBank.digest(String(decoding: bytes, as: UTF8.self)).prefix(16)) : name
    #expect(Set(bank.names("set-aside")) == [place, "\(place).reason"])
    #expect(FileManager.default.contents(atPath: bank.path("set-aside", place)) == Data(bytes))
    let text = try #require(SpoolReason(rawValue: reason)?.text)
    #expect(bank.text("set-aside", "\(place).reason") == "\(reason)\n\(text.en)\n\(text.zh)\n")
    #expect(try bank.stop(stop)["state"] == "stop_requested")
    let listed = try bank.list("set_aside")
    #expect(listed.count == 1 && listed.first?["reason"]?["code"] == .string(reason))
    #expect((listed.first?["name"] != nil) == (reason != "bad_name"))
  }

  @Test func `what is no file is set aside unopened`() throws {
    let (bank, _, _) = try SpoolerBank.asked()
    let manager = FileManager.default
    try manager.createDirectory(atPath: bank.path("in", "folder"), withIntermediateDirectories: false)
    try bank.put("x", as: "inside", in: "in/folder")
    try manager.createSymbolicLink(atPath: bank.path("in", "link"), withDestinationPath: "/etc/passwd")
    try manager.createSymbolicLink(atPath: bank.path("in", "nowhere"), withDestinationPath: "/no/such/file")
    #expect(mkfifo(bank.path("in", "pipe"), 0o600) == 0)
    try bank.round()
    #expect(bank.names("in").isEmpty)
    for name in ["folder", "link", "nowhere", "pipe"] {
      #expect(bank.text("set-aside", "\(name).reason")?.hasPrefix("not_regular\n") == true, "\(name)")
    }
    #expect(bank.text("set-aside/folder", "inside") == "x")
    #expect((try? manager.destinationOfSymbolicLink(atPath: bank.path("set-aside", "link"))) == "/etc/passwd")
    #expect(try bank.list("set_aside").count == 4)
  }

  @Test func `names that begin with a dot or end in tmp are left alone`() throws {
    let (bank, _, message) = try SpoolerBank.asked()
    for name in [".a.xml", "a.xml.tmp", ".tmp"] { try bank.put(bank.answer(message), as: name) }
    try bank.round()
    #expect(bank.names("in") == [".a.xml", ".tmp", "a.xml.tmp"])
  }

  @Test func `nothing that was set aside or done before is replaced`() throws {
    let (bank, _, message) = try SpoolerBank.asked()
    for (folder, name) in [("done", "a.xml"), ("set-aside", "b.xml"), ("set-aside", "c.xml.reason")] {
      try bank.put("older", as: name, in: folder)
    }
    try bank.put(bank.answer(message), as: "a.xml")
    for name in ["b.xml", "c.xml"] { try bank.put("<\(name)", as: name) }
    try bank.round()
    #expect(bank.text("done", "a.xml") == "older" && bank.names("done").count == 2)
    let (b, c) = (SpoolerBank.digest("<b.xml").prefix(16), SpoolerBank.digest("<c.xml").prefix(16))
    #expect(
      bank.names("set-aside") == [
        "b.xml", "b.xml.\(b)", "b.xml.\(b).reason", "c.xml.\(c)", "c.xml.\(c).reason", "c.xml.reason",
      ])
    #expect(bank.text("set-aside", "b.xml") == "older" && bank.text("set-aside", "c.xml.reason") == "older")
    #expect(
      bank.text("set-aside", "b.xml.\(b)") == "<b.xml" && bank.text("set-aside", "c.xml.\(c)") == "<c.xml")
  }

  @Test func `a file that vanishes while it is read does no harm`() throws {
    let (bank, stop, message) = try SpoolerBank.asked()
    try bank.put(bank.answer(message))
    let path = bank.path("in", "a.xml")
    let files = HauntedFiles(
      files: bank.disk, afterRead: { _ in try? FileManager.default.removeItem(atPath: path) })
    var round = SpoolRound(files: files, ledger: bank.ledger)
    _ = try round.run()
    #expect(bank.names("in").isEmpty && bank.names("done").isEmpty)
    #expect(try bank.stop(stop)["state"] == "stopped", "it was read whole, so it counts")
    #expect(try bank.disk.read(FileName("none.xml"), in: .incoming, limit: 10) == nil)
  }

  @Test func `a file that is replaced while it is taken is taken as well`() throws {
    let (bank, stop, message) = try SpoolerBank.asked()
    let (path, swap) = (bank.path("in", "a.xml"), bank.path("in", ".new"))
    let later = bank.answer(message)
    try bank.put(bank.answer(message, "PDCR", held: nil, id: "P", at: "2026-03-02T09:05:00+08:00"))
    try bank.put(later, as: ".new")
    let files = HauntedFiles(files: bank.disk, afterRead: { _ in rename(swap, path) })
    var round = SpoolRound(files: files, ledger: bank.ledger)
    _ = try round.run()
    #expect(bank.names("in") == ["a.xml"] && bank.names("done").isEmpty, "the new one went back")
    try bank.round()
    #expect(bank.names("in").isEmpty && bank.text("done", "a.xml") == later)
    #expect(try bank.stop(stop)["state"] == "stopped")
  }

  @Test(arguments: [ErrorKind.unavailable, .storageFull, .queueFull])
  func `a store that cannot take a file just now finds it there later`(kind: ErrorKind) throws {
    let (bank, stop, message) = try SpoolerBank.asked()
    try bank.put(bank.answer(message))
    var round = SpoolRound(
      files: bank.disk, ledger: SickLedger(bank.ledger, "receive", [RPCError(kind), RPCError(kind)]))
    for _ in 0..<2 {
      #expect(throws: RPCError(kind)) { try round.run() }
      #expect(bank.names("in") == ["a.xml"])
    }
    _ = try round.run()
    #expect(bank.names("done") == ["a.xml"])
    #expect(try bank.stop(stop)["state"] == "stopped")
  }

  @Test func `a file that makes the module fail is set aside, and does not come back for ever`() throws {
    let (bank, _, message) = try SpoolerBank.asked()
    try bank.put(bank.answer(message))
    var round = SpoolRound(
      files: bank.disk, ledger: SickLedger(bank.ledger, "receive", [RPCError(.internalError)]))
    _ = try round.run()
    #expect(
      bank.names("in").isEmpty && bank.text("set-aside", "a.xml.reason")?.hasPrefix("not_applied\n") == true)
  }

  @Test func `a file that may not be read is set aside`() throws {
    let (bank, _, message) = try SpoolerBank.asked()
    try bank.put(bank.answer(message))
    var round = SpoolRound(
      files: HauntedFiles(files: bank.disk, shown: { _ in .unreadable }), ledger: bank.ledger)
    _ = try round.run()
    #expect(bank.text("set-aside", "a.xml.reason")?.hasPrefix("unreadable\n") == true)
  }

  @Test func `a file that cannot be moved holds up no other, and is tried less and less often`() throws {
    let (bank, stop, message) = try SpoolerBank.asked()
    try bank.put("<Document", as: "a.xml")
    try bank.put(bank.answer(message), as: "b.xml")
    let before = try bank.store.readLog { try $0.size() }
    var round = SpoolRound(
      files: HauntedFiles(files: bank.disk, stuck: [FileName("a.xml")]), ledger: bank.ledger)
    var failures = 0
    for _ in 0..<64 { do { _ = try round.run() } catch { failures += 1 } }
    #expect(failures == 6, "in rounds 1, 3, 6, 11, 20 and 37")
    #expect(try bank.store.readLog { try $0.size() } - before == 7)
    #expect(bank.names("in") == ["a.xml"] && bank.names("done") == ["b.xml"])
    #expect(try bank.stop(stop)["state"] == "stopped")
    #expect(try bank.list("set_aside").first?["times"] == 1)
  }

  @Test func `a file dated a little ahead stays until its time has come`() throws {
    let (bank, stop, message) = try SpoolerBank.asked()
    try bank.put(bank.answer(message, at: "2026-03-02T09:22:00+08:00"))
    try bank.round()
    #expect(bank.names("in") == ["a.xml"])
    #expect(try bank.stop(stop)["state"] == "stop_requested")
    bank.minutes(2)
    try bank.round()
    #expect(bank.names("done") == ["a.xml"])
    #expect(try bank.stop(stop)["state"] == "stopped")
  }

  @Test func `an answer that a person was quicker with is set aside`() throws {
    let (bank, stop, message) = try SpoolerBank.asked()
    _ = try bank.call(
      "stoploss.stop.record", ["id": .string(stop), "result": "stopped", "at": "2026-03-02T09:11:00+08:00"])
    try bank.put(bank.answer(message))
    try bank.round()
    #expect(bank.text("set-aside", "a.xml.reason")?.hasPrefix("stop_state\n") == true)
  }

  @Test func `more files than one look takes are all taken in one round`() throws {
    let (bank, _, _) = try SpoolerBank.asked()
    for number in 0..<150 { try bank.put("<\(number)", as: "\(number).xml") }
    try bank.round()
    #expect(bank.names("in").isEmpty && bank.names("set-aside").count == 300)
  }
}
