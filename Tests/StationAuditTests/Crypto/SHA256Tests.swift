import StationCrypto
import Testing

@Suite struct SHA256Tests {
  static let vectors: [(String, String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ]

  @Test(arguments: vectors) func `the published messages have their digests`(message: String, digest: String)
  {
    #expect(SHA256.hash(Array(message.utf8)).hex == digest)
  }

  @Test(arguments: [0, 1, 55, 56, 63, 64, 65, 119, 128, 400])
  func `parts, a prefix and one call agree at every block boundary`(count: Int) {
    let message = (0..<count).map { UInt8($0 & 0xFF) }
    for cut in 0...count {
      var hash = SHA256()
      hash.update(Array(message[..<cut]))
      hash.update(Array(message[cut...]))
      #expect(hash.finalize() == SHA256.hash(message))
    }
    #expect(message.withUnsafeBytes { SHA256.hash(prefix: 7, $0) } == SHA256.hash([7] + message))
  }

  @Test func `two digests after a prefix are hashed in their order`() {
    let left = SHA256.hash([1])
    let right = SHA256.hash([2])
    #expect(SHA256.hash(prefix: 1, left, right) == SHA256.hash([1] + left.bytes + right.bytes))
  }

  @Test func `a digest can be taken and the hash carried on`() {
    var hash = SHA256()
    hash.update([1])
    #expect(hash.finalize() == SHA256.hash([1]))
    hash.update(SHA256.hash([9]))
    #expect(hash.finalize() == SHA256.hash([1] + SHA256.hash([9]).bytes))
  }
}
