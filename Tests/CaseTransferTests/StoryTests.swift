import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Stories")
struct StoryTests {
  @Test("a brawl turns out to be a crime, a knife is short, and the case ends with another brigade")
  func brawl() throws {
    let fixture = try Fixture()
    fixture.store.calendar = try Fixture.calendar2026()
    // Monday, nine o'clock: the station receives it. Whether it is a crime is not clear.
    let id = try fixture.receive("unclear", as: Fixture.station)
    try fixture.call(
      "urgent_step", id, ["measure": "medical_aid", "text": "Two to hospital"], as: Fixture.station)
    try fixture.add(id, quantity: 2, as: Fixture.station)
    try fixture.add(id, "digital", quantity: 1, sha256: Fixture.digest, as: Fixture.station)
    // Eleven: it is the public-security brigade's, and goes there by the administrative procedure.
    try fixture.minutes(120)
    try fixture.screen(id, as: Fixture.station)
    try fixture.call("send", id, as: Fixture.station)
    try fixture.call("reporter.tell", id, ["way": "phone"], as: Fixture.station)
    // Face to face one knife of two is missing: not accepted, and the station still owns the case.
    try fixture.count(id, "giving", as: Fixture.colleague)
    let short = fixture.sheet(id) { if $0 == 1 { $1["quantity"] = 1 } }
    #expect(try fixture.count(id, "receiving", short, as: Fixture.order)["state"] == "discrepancy")
    #expect(try fixture.body(id).owner == "st-02")
    // It lay in the car. They count again, agree, and the brigade takes the case over at noon.
    try fixture.minutes(60)
    try fixture.count(id, "giving", as: Fixture.colleague)
    try fixture.count(id, "receiving", as: Fixture.order)
    try fixture.accept(id, as: Fixture.order)
    #expect(fixture.events("owner_changed").last?["at"] == "2026-03-02T12:00:00.000+08:00")
    // On Tuesday the report says: a minor injury. Now it is a crime, and goes on at once.
    try fixture.minutes(24 * 60)
    let crime = try fixture.call("reclassify", id, ["text": "minor injury"], as: Fixture.order)
    #expect(crime["next_due"] == "2026-03-04T12:00:00.000+08:00" && crime["receiver"] == "criminal-brigade")
    try fixture.approve(id, as: Fixture.order)
    try fixture.call("notice.issue", id, ["number": "T-12"], as: Fixture.order)
    try fixture.call("send", id, as: Fixture.order)
    try fixture.count(id, "giving", as: Fixture.order)
    try fixture.count(id, "receiving", as: Fixture.criminal)
    try fixture.accept(id, as: Fixture.criminal)
    // The criminal brigade accepts first, then disputes: legal leaves the case with it.
    try fixture.call("dispute", id, ["ground": "facts", "text": "a slight injury"], as: Fixture.criminal)
    try fixture.minutes(24 * 60)
    let end = try fixture.call("adjudicate", id, ["to": "criminal-brigade"], as: Fixture.legal)
    #expect(end["state"] == "adjudicated" && end["owner"] == "criminal-brigade" && end["leg"] == 2)

    let ledger = try fixture.call("ownership", id)["items"]?.arrayValue ?? []
    #expect(ledger.map { $0["owner"] } == ["st-02", "public-security-brigade", "criminal-brigade"])
    let chain = try fixture.call("custody", id, ["item": 1])["items"]?.arrayValue ?? []
    #expect(
      chain.map { $0["link"] } == [
        "collected", "differing", "counted", "handed_over", "counted", "handed_over",
      ])
    let total = try fixture.store.call("transfer.figures", [:])["total"]
    #expect(total?["sent_in_time"]?["text"] == "100.0 %" && total?["sent_in_time"]?["denominator"] == 2)
    #expect(total?["disputes"]?["median_s"] == 86_400)
    #expect(total?["discrepancies"]?["total"] == 1)
  }

  @Test("a girl of fifteen is missing: the case is with the criminal brigade before the chief has signed")
  func missing() throws {
    let fixture = try Fixture(now: Fixture.at("2026-02-17T02:10:00+08:00"))
    let id = try fixture.receive(
      facts: ["missing_age": 15, "missing_sex": "female"],
      more: ["persons": [["role": "missing", "name": "李小花"]], "support_request": "SR-2026-000007"],
      as: Fixture.station)
    let request = try fixture.call("approval.request", id, as: Fixture.station)
    try fixture.minutes(4)
    try fixture.call("send", id, as: Fixture.station)
    try fixture.minutes(10)
    try fixture.count(id, "giving", [], as: Fixture.station)
    try fixture.count(id, "receiving", [], as: Fixture.criminal)
    #expect(try fixture.call("accept", id, as: Fixture.criminal)["owner"] == "criminal-brigade")
    #expect(fixture.events("alarm").isEmpty)
    // In the morning the chief signs what was done in the night.
    try fixture.minutes(7 * 60)
    try fixture.store.call(
      "approval.approve", ["id": request["approval"] ?? .null, "version": 1], as: Fixture.chief)
    try fixture.call("approval.approve", id, as: Fixture.station)
    let shown = try fixture.call("get", id, as: Fixture.criminal)
    #expect(shown["approval"]?["approved_by"] == "uid:9001" && shown["support_request"] == "SR-2026-000007")
  }

  @Test("erasing the subject takes what is personal; ownership, custody and figures stay")
  func erasure() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.adjudicated)
    let module = try CaseTransfer.module(configuration: Fixture.rules)
    let kept = module.collections.filter { $0.personal.isEmpty }.map(\.name)
    let before = kept.map { fixture.records($0).count }
    let context = fixture.store.context("", .all)
    _ = try TestTransaction(fixture.store, "transfer", context).erase(subject: id)
    for collection in module.collections where !collection.personal.isEmpty {
      #expect(fixture.records(collection.name).isEmpty, "\(collection.name)")
    }
    #expect(kept.map { fixture.records($0).count } == before)
  }
}
