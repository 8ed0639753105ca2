import StationCalendar
import Testing

@Suite("Instant")
struct InstantTests {
  @Test(
    "reads RFC 3339 to the millisecond",
    arguments: [
      ("1970-01-01T00:00:00Z", 0),
      ("1970-01-01T08:00:00+08:00", 0),
      ("1969-12-31T23:59:59.999Z", -1),
      ("2026-11-22T09:50:35.123+08:00", 1_795_312_235_123),
      ("2026-11-22T01:50:35.1Z", 1_795_312_235_100),
      ("2026-11-22T01:50:35.12Z", 1_795_312_235_120),
      ("2026-11-22T09:50:35.123456+08:00", 1_795_312_235_123),
      ("2026-11-22T01:50:35.123999999999999999999999Z", 1_795_312_235_123),
      ("1969-12-31T23:59:59.9999Z", -1),
      ("2024-02-29T00:00:00Z", 1_709_164_800_000),
      ("2000-02-29T23:59:59-00:30", 951_870_599_000),
      ("2026-01-01T00:00:00-23:59", 1_767_311_940_000),
      ("0001-01-02T00:00:00Z", -62_135_510_400_000),
      ("9999-12-30T23:59:59.999Z", 253_402_214_399_999),
    ] as [(String, Int64)])
  func reads(_ text: String, _ milliseconds: Int64) throws {
    #expect(try #require(Instant(rfc3339: text)).milliseconds == milliseconds)
  }

  @Test(
    "refuses whatever is not exactly a timestamp",
    arguments: [
      "", "2026-11-22", "2026-11-22T09:50:35", "2026-11-22 09:50:35Z", "2026-11-22t09:50:35Z",
      "2026-11-22T09:50:35z", "2026-11-22T09:50Z", "2026-11-22T24:00:00Z", "2026-11-22T23:60:00Z",
      "2016-12-31T23:59:60Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
      "2026-00-10T00:00:00Z", "2026-13-10T00:00:00Z", "2026-01-00T00:00:00Z", "2026-11-22T09:50:35.Z",
      "2026-11-22T09:50:35.1234", "2026-11-22T09:50:35.123", "2026-11-22T09:50:35,123Z",
      "2026-11-22T09:50:35+0800", "2026-11-22T09:50:35+08", "2026-11-22T09:50:35+24:00",
      "2026-11-22T09:50:35+08:60", "2026-11-22T09:50:35Z ", " 2026-11-22T09:50:35Z",
      "+026-11-22T09:50:35Z", "2026-11-22T-9:50:35Z", "2026-11-22T09:50:35ZZ", "2026-11-22T09:50:35+08:00Z",
      "0000-01-01T00:00:00Z", "0001-01-01T23:59:59Z", "9999-12-31T00:00:00Z", "２026-11-22T09:50:35Z",
      "2026-11-22T09:50:35.١Z", "2026-11-22T09:50:35\u{0}Z",
    ])
  func refuses(_ text: String) {
    #expect(Instant(rfc3339: text) == nil)
  }

  @Test("writes three digits of milliseconds and the offset")
  func writes() throws {
    let instant = try at("2026-11-22 09:50:35")
    #expect(instant.rfc3339() == "2026-11-22T09:50:35.000+08:00")
    #expect(instant.adding(milliseconds: 7).rfc3339(zone: .utc) == "2026-11-22T01:50:35.007Z")
    let west = try #require(Zone(offsetMinutes: -210))
    #expect(instant.rfc3339(zone: west) == "2026-11-21T22:20:35.000-03:30")
    #expect("\(Instant(milliseconds: -1))" == "1969-12-31T23:59:59.999Z")
  }

  @Test("what it writes it reads back, and appends the same bytes")
  func roundTrip() throws {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<5_000 {
      let instant = Instant(
        milliseconds: .random(in: Instant.earliest.milliseconds...Instant.latest.milliseconds, using: &random)
      )
      let zone = try #require(Zone(offsetMinutes: .random(in: -1439...1439, using: &random)))
      let text = instant.rfc3339(zone: zone)
      #expect(Instant(rfc3339: text) == instant)
      var bytes: [UInt8] = [0x22]
      instant.append(rfc3339: zone, to: &bytes)
      #expect(bytes == [0x22] + Array(text.utf8))
    }
  }

  @Test("reads bytes of any kind without a trap")
  func fuzz() {
    var random = SeededGenerator(seed: 2)
    let template = Array("2026-11-22T09:50:35.123+08:00".utf8)
    for _ in 0..<20_000 {
      var bytes = template
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
      }
      bytes.removeLast(.random(in: 0...bytes.count, using: &random))
      let instant = bytes.withUnsafeBufferPointer { Instant(rfc3339: $0) }
      if let instant { #expect(Instant(rfc3339: instant.rfc3339()) == instant) }
    }
  }

  @Test("arithmetic stops at the bounds")
  func saturates() {
    #expect(Instant(milliseconds: .max) == .latest)
    #expect(Instant(milliseconds: .min) == .earliest)
    #expect(Instant.latest.adding(milliseconds: .max) == .latest)
    #expect(Instant.earliest.adding(milliseconds: .min) == .earliest)
    #expect(Instant.latest.adding(hours: .max) == .latest)
    #expect(Instant.earliest.adding(minutes: .min) == .earliest)
    #expect(Instant(milliseconds: 0).adding(hours: 1).adding(minutes: -1).milliseconds == 3_540_000)
    #expect(Instant(milliseconds: 5).milliseconds(since: Instant(milliseconds: 7)) == -2)
    let (east, west) = (Zone(offsetMinutes: 1439), Zone(offsetMinutes: -1439))
    #expect(Instant.latest.rfc3339(zone: east ?? .utc) == "9999-12-31T23:58:59.999+23:59")
    #expect(Instant.earliest.rfc3339(zone: west ?? .utc) == "0001-01-01T00:01:00.000-23:59")
  }

  @Test("a zone is less than a day from UTC")
  func zones() {
    #expect(Zone(offsetMinutes: 1440) == nil)
    #expect(Zone(offsetMinutes: -1440) == nil)
    #expect(Zone(offsetMinutes: 480) == .shanghai)
  }
}
