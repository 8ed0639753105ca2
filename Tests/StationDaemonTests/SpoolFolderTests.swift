import Foundation
import StationDaemon
import Testing

@Suite struct SpoolFolderTests {
  private static func mode(_ path: String) -> UInt32 {
    var status = stat()
    return lstat(path, &status) == 0 ? UInt32(status.st_mode & 0o7777) : 0
  }

  @Test func `folders and files have the modes that the configuration says, whatever the umask`() throws {
    let bank = try SpoolerBank()
    #expect(Self.mode(bank.configuration.directory) == 0o710)
    for (folder, mode) in [
      ("out", 0o770), ("in", 0o770), ("work", 0o700), ("done", 0o700), ("set-aside", 0o700),
    ] {
      #expect(Self.mode("\(bank.configuration.directory)/\(folder)") == UInt32(mode), "\(folder)")
    }
    try bank.ask()
    try bank.put("<x", as: "x.xml")
    try bank.round()
    #expect(Self.mode(bank.path("out", bank.names("out").first ?? "")) == 0o660)
    #expect(Self.mode(bank.path("set-aside", "x.xml.reason")) == 0o600)
  }

  @Test func `what is there keeps its mode`() throws {
    let bank = try SpoolerBank()
    #expect(chmod("\(bank.configuration.directory)/out", 0o750) == 0)
    try bank.disk.prepare()
    #expect(Self.mode("\(bank.configuration.directory)/out") == 0o750)
  }

  @Test(arguments: ["", "in", "out", "work"])
  func `a folder that everybody may write to is refused`(folder: String) throws {
    let bank = try SpoolerBank()
    #expect(chmod("\(bank.configuration.directory)/\(folder)", 0o777) == 0)
    #expect(throws: FileFault.self) { try bank.disk.prepare() }
  }

  @Test(arguments: ["in", "out", "work"]) func `a folder that is a link is refused`(folder: String) throws {
    let bank = try SpoolerBank()
    let path = "\(bank.configuration.directory)/\(folder)"
    try FileManager.default.moveItem(atPath: path, toPath: path + "-elsewhere")
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + "-elsewhere")
    #expect(throws: FileFault.self) { try bank.disk.prepare() }
  }

  @Test func `a folder that went away is told of, and worked again when it is back`() throws {
    let bank = try SpoolerBank()
    let (_, message) = try bank.ask()
    let path = "\(bank.configuration.directory)/out"
    try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
    #expect(throws: FileFault.self) { try bank.round() }
    try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
    try bank.round()
    #expect(try bank.message(message)?["state"] == "sent")
  }

  @Test func `a name of any bytes can be moved`() throws {
    let bank = try SpoolerBank()
    let name = FileName(bytes: [0xFF, 0x30, 0xC3])
    try bank.disk.write([1, 2], to: name, isShared: false)
    #expect(try bank.disk.move(name, from: .work, to: .incoming, as: name) == .moved)
    try bank.round()
    #expect(try bank.disk.read(name, in: .setAside, limit: 10)?.content == .bytes([1, 2]))
  }
}
