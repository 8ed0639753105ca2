import Foundation
import StationKit
import StationStore
import Testing

/// The file of the master key, and what a start says of it.
@Suite struct PersonalKeyFileTests {
  private func bench(
    in directory: TemporaryDirectory? = nil, configure: (inout StoreConfiguration) -> Void = { _ in }
  ) throws -> Bench {
    try Bench(in: directory, modules: { PersonalModules.all($0) }, configure: configure)
  }

  struct Unusable: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let says: String
    let spoil: @Sendable (String) throws -> Void
  }

  static let unusable = [
    Unusable(testDescription: "missing", says: "there is none in") {
      try FileManager.default.removeItem(atPath: $0)
    },
    Unusable(testDescription: "open to the group", says: "chmod 600") { chmod($0, 0o640) },
    Unusable(testDescription: "open to all", says: "chmod 600") { chmod($0, 0o604) },
    Unusable(testDescription: "somebody else's", says: "chown") { chown($0, 65534, 65534) },
    Unusable(testDescription: "another key", says: "found only") {
      try FileManager.default.removeItem(atPath: $0)
      try MasterKey.create($0)
    },
    Unusable(testDescription: "no key", says: "does not hold a master key") {
      try Data("stationd-master-key-1 AAAA\n".utf8).write(to: URL(filePath: $0))
      chmod($0, 0o600)
    },
    Unusable(testDescription: "a directory", says: "regular file") {
      try FileManager.default.removeItem(atPath: $0)
      mkdir($0, 0o700)
    },
  ]

  @Test(arguments: unusable)
  func `a state with data does not start without its master key, and says what to do`(what: Unusable)
    async throws
  {
    let bench = try bench()
    try await PersonalStoreTests.fill(bench)
    bench.stop()
    let path = bench.directory.file("master.key")
    try what.spoil(path)
    let error = #expect(throws: StoreError.self) { try self.bench(in: bench.directory) }
    #expect(error?.description.contains(what.says) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains(path) == true)
  }

  @Test func `a new state takes a key that is there, and makes one only where it may`() async throws {
    let directory = try TemporaryDirectory()
    let elsewhere = directory.file("elsewhere.key")
    let master = try MasterKey.create(elsewhere)
    #expect(throws: StoreError.self) { try MasterKey.create(elsewhere) }
    let state = try TemporaryDirectory()
    #expect(throws: StoreError.self) {
      try self.bench(in: state) { $0.masterKey = MasterKeyPlaces(path: state.file("none.key")) }
    }
    let bench = try bench(in: state) { $0.masterKey = MasterKeyPlaces(path: elsewhere) }
    #expect(bench.store.rotation.status.current == master.name)
    #expect(access(state.file("master.key"), F_OK) != 0)
  }
}
