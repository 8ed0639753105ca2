import Foundation
import GRDB
import StationCrypto
import StationKit
import StationStore
import Testing

/// What somebody who has the database and the master key can find out by trying all numbers that there are.
@Suite struct PersonalDictionaryTests {
  /// The numbers of a day for which something is stored that they can be tried against, with the master key at hand.
  private static func hits(_ bench: Bench) throws -> [String] {
    let queue = try DatabaseQueue(path: bench.directory.file("stationd.db"))
    defer { try? queue.close() }
    let (digests, leaves) = try queue.read { db in
      (
        Set(try Data.fetchAll(db, sql: "SELECT digest FROM idempotency")),
        try String.fetchAll(db, sql: "SELECT CAST(leaf AS TEXT) FROM audit")
      )
    }
    let vault = bench.store.catalog.vault
    return try (4000..<5000).map { "11010119900307\($0)" }.filter { guess in
      let plain = SHA256.hash(Array(guess.utf8))
      return digests.contains(Data(try vault.digest(plain).bytes))
        || leaves.contains { $0.contains(guess) || $0.contains(plain.base64) }
    }
  }

  struct Keyed: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let run: WriteScript
  }

  private static let number = "110101199003074557"
  static let keyed = [
    Keyed(testDescription: "creates") { tx, _ in
      _ = try tx.create("person", id: "p1", ["name": "n", "unit": "u", "id_number": .string(number)])
      return "canary answer"
    },
    Keyed(testDescription: "changes") { tx, _ in
      _ = try tx.put("person", "p2", version: 1, ["name": "n", "unit": "u", "id_number": .string(number)])
      return "canary answer"
    },
    Keyed(testDescription: "looks for") { tx, _ in
      let found = try tx.query(Query("person", index: "by_id_number", equals: [.text(number)])).records
      return found.isEmpty ? "canary answer" : .null
    },
  ]

  @Test(arguments: keyed)
  func `a dictionary of numbers of a day finds nothing in what is left`(call: Keyed) async throws {
    let bench = try Bench(modules: { PersonalModules.all($0) })
    let number = Self.number
    for id in ["p2", "p3"] {
      await bench.write { tx, _ in
        .string(try tx.create("person", id: id, ["name": "n", "unit": "u"]).id)
      }
    }
    await bench.write(key: "note", payload: "of nobody") { tx, _ in
      .string(try tx.create("note", id: "n1", ["of": "p2"]).id)
    }
    #expect(await bench.write(key: "k", payload: number, call.run).value == "canary answer")
    #expect(try Self.hits(bench) == [number])
    let digest = Data(try bench.store.catalog.vault.digest(SHA256.hash(Array(number.utf8))).bytes)
    #expect(await bench.write(key: "k", payload: number, call.run).value == "canary answer")

    await bench.write { tx, _ in
      for id in ["p1", "p2"] { _ = try tx.erase(subject: id) }
      return .null
    }
    #expect(try Self.hits(bench) == [])
    #expect(try bench.directory.files(holding: [digest, Data("canary".utf8), Data(number.utf8)]) == [])
    // It is not done again, whatever it asks; a call without personal data is as it was.
    for payload in [number, "other"] {
      #expect(await bench.write(key: "k", payload: payload, call.run).kind == .expired)
    }
    let noted = await bench.write(key: "note", payload: "of nobody") { _, _ in "done again" }
    #expect(noted.value == "n1")
    bench.stop()
    #expect(try bench.directory.files(holding: [digest, Data("canary".utf8), Data(number.utf8)]) == [])
    let blind = try Tampering(directory: bench.directory).value(
      "SELECT count(b_id_number) FROM \"test.person\"", as: Int.self)
    #expect(blind == 0)
  }
}
