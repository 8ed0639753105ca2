import StationAudit
import StationCrypto
import Testing

@Suite struct NoteKeyTests {
  // The first is from Go's note package, the second from C2SP signed-note.
  static let verifierKeys = [
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    Vectors.verifierKey,
  ]
  static let signerKey =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"

  @Test(arguments: verifierKeys) func `a verifier key is written as it was read`(text: String) throws {
    #expect(try VerifierKey(text).text == text)
  }

  @Test func `a signer key is written as it was read and has its verifier key`() throws {
    let key = try SignerKey(Self.signerKey)
    #expect(try key.privateText() == Self.signerKey)
    #expect(key.verifierKey.text == Self.verifierKeys[0])
    #expect(try Vectors.signer().verifierKey.text == Vectors.verifierKey)
  }

  @Test(arguments: [
    "log.example/a", "分局.example/审计", "a b", "", "a+b", "a\u{3000}b", "a\nb", "a\tb", "a\u{A0}b",
  ])
  func `names have no spaces, pluses or control characters`(name: String) throws {
    let isValid = name.hasPrefix("log.") || name.hasPrefix("分局")
    guard isValid else {
      #expect(throws: NoteError.malformedName) { try SignerKey.generate(name: name) }
      return
    }
    let key = try SignerKey.generate(name: name)
    #expect(try SignerKey(key.privateText()).verifierKey.text == key.verifierKey.text)
    #expect(try VerifierKey(key.verifierKey.text).name == name)
  }

  @Test(
    arguments: [
      ("", .malformedKey), ("stationd.example/audit", .malformedKey),
      ("stationd.example/audit+6a56edb5", .malformedKey),
      ("+6a56edb5+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea", .malformedKey),
      ("stationd.example/audit+6A56EDB5+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea", .malformedKey),
      ("stationd.example/audit+006a56edb5+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea", .malformedKey),
      ("stationd.example/audit+6a56edb6+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea", .keyIDMismatch),
      ("stationd.example/other+6a56edb5+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea", .keyIDMismatch),
      ("stationd.example/audit+6a56edb5+AtdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea", .unknownAlgorithm),
      ("stationd.example/audit+6a56edb5+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1E=", .malformedKey),
      ("stationd.example/audit+6a56edb5+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea\n", .malformedKey),
      (" stationd.example/audit+6a56edb5+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea", .malformedKey),
      ("stationd.example/audit+6a56edb5+", .malformedKey),
      ("stationd.example/audit+6a56edb5+AQ==", .malformedKey),
    ] as [(String, NoteError)])
  func `a verifier key that is not written right is refused`(text: String, error: NoteError) {
    #expect(throws: error) { try VerifierKey(text) }
  }

  @Test(
    arguments: [
      ("", .malformedKey), ("PRIVATE+KEY+", .malformedKey),
      ("PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", .malformedKey),
      ("private+key+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", .malformedKey),
      ("PRIVATE+KEY+PeterNeumann+c74f20a4+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", .keyIDMismatch),
      ("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFy", .keyIDMismatch),
      ("PRIVATE+KEY+PeterNeumann+c74f20a3+BIEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", .unknownAlgorithm),
    ] as [(String, NoteError)])
  func `a signer key that is not written right is refused`(text: String, error: NoteError) {
    #expect(throws: error) { try SignerKey(text) }
  }
}
