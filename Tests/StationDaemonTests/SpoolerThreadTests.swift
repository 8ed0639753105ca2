import StationDaemon
import StationKit
import StopLoss
import Testing

@Suite struct SpoolerThreadTests {
  /// Waits for what another thread does.
  private static func until(_ condition: () -> Bool) async throws {
    let end = ContinuousClock.now.advanced(by: .seconds(20))
    while !condition(), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(2)) }
  }

  private static func spooler(_ bank: SpoolerBank, interval: Double) throws -> Spooler {
    var configuration = bank.configuration
    configuration.interval = interval
    return try Spooler(configuration, store: bank.store, environment: bank.environment, report: { _ in })
  }

  @Test func `what waits at the start leaves at once, and what is queued later after a poke`() async throws {
    let bank = try SpoolerBank()
    try bank.ask()
    let spooler = try Self.spooler(bank, interval: 3600)
    spooler.start()
    try await Self.until { bank.names("out").count == 1 }
    try bank.ask()
    spooler.poke()
    try await Self.until { bank.names("out").count == 2 }
    spooler.stop()
    #expect(bank.names("out").count == 2)
  }

  @Test func `without a poke it looks again by itself`() async throws {
    let bank = try SpoolerBank()
    let spooler = try Self.spooler(bank, interval: 0.01)
    spooler.start()
    try bank.put("<x", as: "x.xml")
    try await Self.until { bank.names("set-aside").count == 2 }
    spooler.stop()
    #expect(bank.names("set-aside").count == 2)
  }

  @Test func `two daemons do not work one spool`() throws {
    let bank = try SpoolerBank()
    let first = try Self.spooler(bank, interval: 1)
    first.start()
    let fault = #expect(throws: FileFault.self) { try Self.spooler(bank, interval: 1) }
    #expect(fault?.description.contains("another daemon") == true)
    first.stop()
    let second = try Self.spooler(bank, interval: 1)
    second.start()
    second.stop()
  }

  @Test func `every event after which there is work is one that the module emits`() throws {
    let module = try StopLoss.module(configuration: SpoolerBank.json("etc/stoploss/rules.json"))
    let emitted = Set(module.events.map { "stoploss.\($0.name)" })
    #expect(Spooler.events.isSubset(of: emitted) && Spooler.events.count == 2)
  }
}
