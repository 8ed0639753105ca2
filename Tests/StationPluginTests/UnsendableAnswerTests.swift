import StationKit
import Testing

/// What the daemon would end a process for is refused by the process itself, and it serves on.
@Suite struct UnsendableAnswerTests {
  /// Something that cannot be sent in one message of 4,096 bytes.
  enum Unsendable: String, CaseIterable {
    case tooLong, tooDeep, tooLongRefused, tooLongAsked

    func run(_ tx: any ReadTransaction) throws -> JSONValue {
      let long = String(repeating: "x", count: 4_096)
      switch self {
      case .tooLong: return ["text": .string(long)]
      case .tooDeep: return (0..<64).reduce([:]) { deeper, _ in ["deeper": deeper] }
      case .tooLongRefused: throw RPCError(.denied, Text(long, zh: long))
      case .tooLongAsked: return try tx.call("units.get", ["id": .string(long)])
      }
    }
  }

  private static let module = Module(
    name: "notes", title: Text("Notes", zh: "便签"), version: "1",
    methods: Unsendable.allCases.map { unsendable in
      Method(
        unsendable.rawValue, Text("Answer", zh: "应答"), params: ["type": "object"], result: ["type": "object"],
        permission: .role, examples: [], handler: .read { _, _, tx in try unsendable.run(tx) })
    }
      + [
        Method(
          "fit", Text("Answer", zh: "应答"), params: ["type": "object"], result: ["type": "object"],
          permission: .role, examples: [], handler: .read { _, _, _ in ["text": "x"] })
      ], calls: ["units.get"])

  @Test(arguments: Unsendable.allCases)
  func `it is answer_too_large, and the process serves on`(_ unsendable: Unsendable) throws {
    let end = try DaemonEnd(of: Self.module, frameBytes: 4_096)
    #expect(
      try end.call(unsendable.rawValue, kind: "read").answer["data"]?["kind"] == "answer_too_large")
    #expect(try end.call("fit", kind: "read").answer == ["text": "x"])
  }

  @Test func `what the daemon says is taken however long it is`() throws {
    let end = try DaemonEnd(of: Self.module, frameBytes: 16 << 20)
    let filling = String(repeating: "x", count: 5 << 20)
    #expect(try end.call("fit", kind: "read", ["filling": .string(filling)]).answer == ["text": "x"])
  }
}
