import Foundation
import StationCrypto
import StationDaemon
import StationKit
import StationStore
import StopLoss
import Testing

@Suite struct SpoolerOutTests {
  @Test func `a message leaves as one file, which the store knows by its digest`() throws {
    let bank = try SpoolerBank()
    let (_, message) = try bank.ask()
    try bank.round()
    let name = "camt.056.001.08_\(message).xml"
    #expect(bank.names("out") == [name] && bank.names("work").isEmpty)
    let text = try #require(bank.text("out", name))
    #expect(text.contains("<Id>\(message)</Id>") && text.contains("FRAD"))
    let shown = try bank.message(message)
    #expect(shown?["state"] == "sent" && shown?["digest"] == .string(SpoolerBank.digest(text)))
    try bank.collect()
    try bank.round()
    #expect(bank.names("out").isEmpty, "it is never put there again")
  }

  @Test func `more messages than one look takes all leave, in one round`() throws {
    let bank = try SpoolerBank()
    for _ in 0..<20 { try bank.ask() }
    try bank.round()
    #expect(bank.names("out").count == 20)
    #expect(try bank.list("sent").count == 20)
  }

  @Test func `a message that was dropped leaves nothing behind`() throws {
    let bank = try SpoolerBank()
    let (stop, message) = try bank.ask()
    bank.minutes(1)
    // The file was made, and the daemon killed before it could say so; meanwhile somebody rang the bank up.
    try bank.put("<half", as: "camt.056.001.08_\(message).xml", in: "work")
    _ = try bank.call(
      "stoploss.stop.record", ["id": .string(stop), "result": "stopped", "at": "2026-03-02T09:01:00+08:00"])
    try bank.round()
    try bank.round()
    #expect(bank.names("out").isEmpty && bank.names("work").isEmpty)
    #expect(try bank.message(message)?["reason"]?["code"] == "stop_moved_on")
  }

  @Test func `a file of the same name in out is never replaced`() throws {
    let bank = try SpoolerBank()
    let (_, message) = try bank.ask()
    let (_, other) = try bank.ask()
    let name = "camt.056.001.08_\(message).xml"
    try bank.put("somebody's", as: name, in: "out")
    #expect(throws: FileFault.self) { try bank.round() }
    #expect(bank.text("out", name) == "somebody's")
    #expect(try bank.message(message)?["state"] == "prepared")
    #expect(try bank.message(other)?["state"] == "sent", "the others leave all the same")
    try FileManager.default.removeItem(atPath: bank.path("out", name))
    try bank.round()
    #expect(bank.text("out", name)?.contains(message) == true)
    #expect(try bank.message(message)?["state"] == "sent")
  }

  @Test(arguments: ["a part of it", "another"])
  func `a file that is not as it was prepared does not leave`(what: String) throws {
    let bank = try SpoolerBank()
    let (_, message) = try bank.ask()
    let name = "camt.056.001.08_\(message).xml"
    // In the way, so that the message stays prepared.
    try bank.put("somebody's", as: name, in: "out")
    #expect(throws: FileFault.self) { try bank.round() }
    try FileManager.default.removeItem(atPath: bank.path("out", name))
    let made = try #require(bank.text("work", name))
    try bank.put(what == "another" ? "<Document/>" : String(made.dropLast(40)), as: name, in: "work")
    let (_, other) = try bank.ask()
    let fault = #expect(throws: FileFault.self) { try bank.round() }
    #expect(fault?.description.contains(name) == true)
    #expect(try bank.message(message)?["state"] == "prepared" && bank.text("out", name) == nil)
    #expect(try bank.message(other)?["state"] == "sent", "the others leave all the same")
    try bank.put(made, as: name, in: "work")
    try bank.round()
    #expect(bank.text("out", name) == made)
    #expect(try bank.message(message)?["state"] == "sent")
  }

  @Test func `the same file in out already is taken for what it is`() throws {
    let bank = try SpoolerBank()
    let (_, message) = try bank.ask()
    let name = "camt.056.001.08_\(message).xml"
    // Killed after the rename; then a copy of the folders was put back, with the file in both.
    let fuse = Fuse(at: 14)
    var round = SpoolRound(
      files: MortalFiles(files: bank.disk, fuse: fuse), ledger: MortalLedger(ledger: bank.ledger, fuse: fuse))
    _ = try? round.run()
    let state = try bank.message(message)?["state"]
    #expect(state == "prepared" && bank.names("out") == [name])
    try FileManager.default.copyItem(atPath: bank.path("out", name), toPath: bank.path("work", name))
    try bank.round()
    #expect(bank.names("out") == [name] && bank.names("work").isEmpty)
    #expect(try bank.message(message)?["state"] == "sent")
  }

  @Test func `nothing is on record while there is nothing to do`() throws {
    let bank = try SpoolerBank()
    let before = try bank.store.readLog { try $0.size() }
    for _ in 0..<5 { try bank.round() }
    #expect(try bank.store.readLog { try $0.size() } == before)
  }

  @Test func `every step is on record as the daemon's own, and names no person`() throws {
    let bank = try SpoolerBank()
    let (_, message) = try bank.ask()
    let before = try bank.store.readLog { try $0.size() }
    try bank.round()
    bank.minutes(20)
    try bank.put(bank.answer(message))
    try bank.round()
    let leaves = try bank.store.readLog { log in
      try log.entries(before..<log.size()).map { String(decoding: $0.leaf, as: UTF8.self) }
    }
    for method in ["waiting", "prepared", "sent", "receive"] {
      #expect(
        leaves.contains { $0.contains("\"stoploss.spool.\(method)\"") && $0.contains("\"system\"") },
        "\(method)")
    }
    #expect(leaves.allSatisfy { !$0.contains("李四") && !$0.contains("6222020000") })
  }
}

@Suite struct SpoolerKillTests {
  /// One round with everything in it: a message to leave, one whose answer came twice, a broken file, one to be tried
  /// again. It is killed at every step in turn; a bank that takes files at once, or only later, gets each once.
  @Test(arguments: [true, false])
  func `a daemon killed at any step does everything exactly once`(takesAtOnce: Bool) throws {
    var step = 0
    while true {
      step += 1
      let bank = try SpoolerBank()
      let (askedStop, asked) = try bank.ask()
      try bank.round()
      try bank.collect()
      bank.minutes(20)
      try bank.put("<Document", as: "retried.xml")
      try bank.round()
      _ = try bank.call("stoploss.spool.retry", ["id": .string(SpoolerBank.digest("<Document"))])
      let (_, leaving) = try bank.ask()
      for name in ["answer.xml", "copy.xml"] { try bank.put(bank.answer(asked), as: name) }
      try bank.put("<broken", as: "broken.xml")

      let fuse = Fuse(at: step)
      var round = SpoolRound(
        files: MortalFiles(files: bank.disk, fuse: fuse),
        ledger: MortalLedger(ledger: bank.ledger, fuse: fuse))
      _ = try? round.run()
      let isKilled = fuse.isBlown
      if takesAtOnce { try bank.collect() }
      try bank.round()
      try bank.round()
      try bank.collect()

      let name = "camt.056.001.08_\(leaving).xml"
      let copies = bank.received[name] ?? []
      #expect(copies.count == 1, "killed at step \(step)")
      #expect(bank.received.values.allSatisfy { $0.count == 1 }, "killed at step \(step)")
      let shown = try bank.message(leaving)
      #expect(shown?["state"] == "sent", "killed at step \(step)")
      #expect(
        shown?["digest"]?.stringValue == copies.first.map { SHA256.hash($0).hex }, "killed at step \(step)")
      let stop = try bank.stop(askedStop)
      #expect(stop["state"] == "stopped" && stop["held"] == 5_000_000, "killed at step \(step)")
      let answers = stop["history"]?.arrayValue?.filter { $0["action"] == "answer_stopped" } ?? []
      #expect(answers.count == 1, "killed at step \(step)")
      #expect(bank.names("in").isEmpty && bank.names("work").isEmpty, "killed at step \(step)")
      #expect(bank.names("done") == ["answer.xml"], "killed at step \(step)")
      #expect(
        bank.names("set-aside")
          == ["broken.xml", "copy.xml", "retried.xml"].flatMap { [$0, "\($0).reason"] },
        "killed at step \(step): \(bank.names("set-aside"))")
      let refusals = try bank.list("set_aside")
      for (name, reason, times) in [
        ("broken.xml", "truncated", 1), ("copy.xml", "duplicate", 1), ("retried.xml", "truncated", 2),
      ] {
        let found = refusals.filter { $0["name"]?.stringValue == name }
        #expect(
          found.map { $0["reason"]?["code"]?.stringValue } == [reason], "killed at step \(step): \(name)")
        #expect(found.map { $0["times"]?.intValue } == [times], "killed at step \(step): \(name)")
      }
      if !isKilled { break }
    }
    #expect(step > 50, "there are that many steps to be killed at")
  }
}
