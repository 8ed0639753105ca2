import StationAudit
import StationCrypto
import Testing

@Suite struct WitnessPolicyTests {
  /// Keys of RFC 8032 seeds 0x01…, 0x02…, written as a witness's.
  private static func vkey(_ number: UInt8) throws -> String {
    let key = try Ed25519.SigningKey(seed: [UInt8](repeating: number, count: 32)).verifyKey.rawRepresentation
    var hash = SHA256()
    hash.update(Array("w\(number)\n".utf8) + [4] + key)
    let identifier = Hex.encode([UInt8](hash.finalize().bytes.prefix(4)))
    return "w\(number)+\(identifier)+\(Base64.encode([4] + key))"
  }

  /// The example of C2SP tlog-policy.
  private static func example() throws -> WitnessPolicy {
    var text = "  # two levels\n\nlog \(Vectors.verifierKey)\tlog.example\n"
    for (number, name) in ["X1", "X2", "X3", "Y1", "Y2"].enumerated() {
      text += "witness \(name) \(try vkey(UInt8(number + 1))) https://w.example/\(number)\n"
    }
    text += "group X 2 X1 X2 X3\ngroup Y any Y1 Y2\ngroup both all X Y\n\tquorum  both\n"
    return try WitnessPolicy(text)
  }

  @Test(
    arguments: [
      ([], false), (["X1", "X2"], false), (["Y1"], false), (["X1", "Y1", "Y2"], false),
      (["X1", "X3", "Y2"], true),
      (["X1", "X2", "X3", "Y1", "Y2"], true), (["X", "Y"], false), (["both"], false),
    ] as [([String], Bool)])
  func `a quorum counts witnesses in their groups`(cosigners: [String], isEnough: Bool) throws {
    #expect(try Self.example().isSatisfied(by: Set(cosigners)) == isEnough)
  }

  @Test func `witnesses and logs are as they stand there`() throws {
    let policy = try Self.example()
    #expect(policy.witnesses.map(\.name) == ["X1", "X2", "X3", "Y1", "Y2"])
    #expect(policy.witnesses[1].address == "https://w.example/1")
    #expect(policy.logs.map(\.text) == [Vectors.verifierKey])
  }

  @Test(arguments: [
    "group g any A A\nquorum g", "group g 0 A\nquorum g", "group g 01 A\nquorum g",
    "group g some A\nquorum g",
    "group g any A\ngroup h any A\nquorum h", "group none any A\nquorum none", "group A any A\nquorum A",
    "group g any none\nquorum g", "quorum B", "quorum A A", "quorum", "quorum A\u{7}",
  ])
  func `a line that says what cannot be is named`(rest: String) throws {
    let text = "witness A \(try Self.vkey(1))\n" + rest
    #expect { try WitnessPolicy(text) } throws: { error in
      guard case .malformedPolicy(let line)? = error as? NoteError else { return false }
      return line >= 2
    }
  }

  @Test func `without a quorum it is no policy`() throws {
    #expect(throws: NoteError.malformedPolicy(line: 0)) { try WitnessPolicy("witness A \(Self.vkey(1))\n") }
  }
}
