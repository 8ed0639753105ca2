import Glibc
import StationSystemd
import StationTransport
import Testing

@Suite struct JournalRecordTests {
  @Test func `fields are lines, and a value with a line feed says its length`() {
    var record = JournalRecord("hello", .info)
    record.add("METHOD", "a.b")
    record.add("TEXT", "1\n2")
    let plain = Array("MESSAGE=hello\nPRIORITY=6\nMETHOD=a.b\nTEXT\n".utf8)
    #expect(record.bytes == plain + [3, 0, 0, 0, 0, 0, 0, 0] + Array("1\n2\n".utf8))
  }

  @Test(
    "names are brought into the journal's form",
    arguments: [
      ("key", "KEY"), ("a.b-c", "A_B_C"), ("_hidden", "HIDDEN"), ("1st", "ST"), ("名", "FIELD"), ("", "FIELD"),
      (String(repeating: "x", count: 70), String(repeating: "X", count: 64)),
    ])
  func names(given: String, sent: String) {
    var record = JournalRecord("", .debug)
    record.add(given, "v")
    #expect(String(decoding: record.bytes, as: UTF8.self).hasSuffix("\n\(sent)=v\n"))
  }
}

@Suite struct JournalSocketTests {
  /// Receives one datagram, or the bytes of the file that it brings.
  private static func receive(_ descriptor: Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return Array(bytes.prefix(max(0, count)))
  }

  private static func bound(_ path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    let code = try ListeningSocket.withAddress(of: path) { bind(descriptor, $0, $1) }
    try #require(code == 0)
    return descriptor
  }

  @Test func `a record arrives as it is`() throws {
    let folder = try TemporaryFolder()
    let journal = try Self.bound(folder.path("s"))
    defer { close(journal) }
    let record = JournalRecord("hello", .warning)
    #expect(try #require(JournalSocket(path: folder.path("s"))).send(record) == 0)
    #expect(Self.receive(journal) == record.bytes)
  }

  @Test func `a record that is too large for a datagram goes as a file`() throws {
    let folder = try TemporaryFolder()
    let journal = try Self.bound(folder.path("s"))
    defer { close(journal) }
    let record = JournalRecord(String(repeating: "x", count: 4 << 20), .info)
    #expect(try #require(JournalSocket(path: folder.path("s"))).send(record) == 0)
    // The descriptor that it brings is closed with the message, which is empty.
    #expect(Self.receive(journal).isEmpty)
  }

  @Test func `where nobody listens the error is told`() throws {
    let folder = try TemporaryFolder()
    #expect(try #require(JournalSocket(path: folder.path("t"))).send(JournalRecord("a", .info)) == ENOENT)
  }
}

@Suite struct JournalStreamTests {
  @Test func `only the very stream that the manager named counts`() throws {
    var status = stat()
    try #require(fstat(2, &status) == 0)
    #expect(JournalStream.receives(2, variable: "\(status.st_dev):\(status.st_ino)"))
    #expect(!JournalStream.receives(2, variable: "\(status.st_dev):\(status.st_ino + 1)"))
    #expect(!JournalStream.receives(-1, variable: "\(status.st_dev):\(status.st_ino)"))
    for text in [nil, "", ":", "1", "1:2:3", "a:b", "-1:2"] {
      #expect(!JournalStream.receives(2, variable: text))
    }
  }
}

@Suite struct CredentialsTests {
  @Test func `a credential is a file of the manager's directory`() throws {
    let folder = try TemporaryFolder()
    close(open(folder.path("s"), O_CREAT | O_WRONLY, 0o600))
    #expect(Credentials.path("s", directory: folder.path("")) == folder.path("") + "/s")
    #expect(Credentials.path("t", directory: folder.path("")) == nil)
    #expect(Credentials.path("s", directory: nil) == nil)
    #expect(Credentials.path("s", directory: ".") == nil)
  }
}
