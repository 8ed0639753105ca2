import StationCrypto
import Testing

@Suite struct Ed25519Tests {
  struct Vector: Sendable, CustomTestStringConvertible {
    let seed, publicKey, message, signature: String
    var testDescription: String { message }
  }

  // RFC 8032 section 7.1: tests 1, 2, 3 and SHA(abc).
  static let vectors = [
    Vector(
      seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      message: "",
      signature:
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        + "d25bf5f0595bbe24655141438e7a100b"),
    Vector(
      seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
      message: "72",
      signature:
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        + "387b2eaeb4302aeeb00d291612bb0c00"),
    Vector(
      seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
      message: "af82",
      signature:
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        + "4a7c15e9716ed28dc027beceea1ec40a"),
    Vector(
      seed: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
      publicKey: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
      message: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
      signature:
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
        + "3dca179c138ac17ad9bef1177331a704"),
  ]

  @Test(arguments: vectors) func `the published seeds give their keys and signatures`(vector: Vector) throws {
    let key = try Ed25519.SigningKey(seed: hex(vector.seed))
    let message = try hex(vector.message)
    #expect(Hex.encode(key.verifyKey.rawRepresentation) == vector.publicKey)
    #expect(Hex.encode(try key.sign(message)) == vector.signature)
    #expect(Hex.encode(try key.seed()) == vector.seed)
    let verifyKey = try Ed25519.VerifyKey(rawRepresentation: hex(vector.publicKey))
    #expect(verifyKey.isValid(try hex(vector.signature), for: message))
  }

  @Test func `no single bit of a signature can be changed`() throws {
    let key = try Ed25519.SigningKey.generate()
    let message: [UInt8] = [1, 2, 3]
    let signature = try key.sign(message)
    #expect(key.verifyKey.isValid(signature, for: message))
    for bit in 0..<(signature.count * 8) {
      var changed = signature
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!key.verifyKey.isValid(changed, for: message))
    }
    #expect(!key.verifyKey.isValid(signature, for: [1, 2, 4]))
    #expect(!key.verifyKey.isValid(signature, for: []))
    #expect(!(try Ed25519.SigningKey.generate()).verifyKey.isValid(signature, for: message))
  }

  @Test(arguments: [0, 1, 63, 65, 128]) func `a signature of another length is refused`(count: Int) throws {
    let key = try Ed25519.SigningKey.generate()
    let signature = try key.sign([])
    let resized = Array((signature + signature).prefix(count))
    #expect(!key.verifyKey.isValid(resized, for: []))
  }

  @Test(arguments: [0, 31, 33, 64]) func `keys of another length are refused`(count: Int) {
    let bytes = [UInt8](repeating: 1, count: count)
    #expect(throws: CryptoError.invalidLength) { try Ed25519.SigningKey(seed: bytes) }
    #expect(throws: CryptoError.invalidLength) { try Ed25519.VerifyKey(rawRepresentation: bytes) }
  }

  @Test func `one key signs on many tasks at once`() async throws {
    let key = try Ed25519.SigningKey(seed: hex(Ed25519Tests.vectors[1].seed))
    let expected = try hex(Ed25519Tests.vectors[1].signature)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<50 {
            let signature = try key.sign([0x72])
            guard signature == expected, key.verifyKey.isValid(signature, for: [0x72]) else { return false }
          }
          return true
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }
}
