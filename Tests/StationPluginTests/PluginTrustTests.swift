import Foundation
import Glibc
import StationPluginHost
import StationPluginWire
import Testing

/// In a folder of root's, as everything above it is: temporary folders are everybody's.
@Suite(.enabled(if: getuid() == 0, "root owns the programs in these tests"))
struct PluginTrustTests {
  private final class Folder {
    let path = "/usr/local/lib/stationd-trust-\(UUID().uuidString)"

    init() throws {
      try FileManager.default.createDirectory(
        atPath: "\(path)/hello/kit/deep", withIntermediateDirectories: true)
      for file in ["hello/hello.py", "hello/kit/call.py", "hello/kit/deep/more.py", "elsewhere.py"] {
        _ = FileManager.default.createFile(atPath: "\(path)/\(file)", contents: Data())
      }
      chmod("\(path)/hello/hello.py", 0o755)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func link(_ name: String, to target: String) { symlink(target, "\(path)/\(name)") }

    /// What is wrong with it, with the folder left out; nil if it may be started.
    var problem: String? {
      do throws(ManifestError) {
        _ = try PluginTrust.digest(of: "\(path)/hello/hello.py", strictly: true)
        return nil
      } catch {
        return error.description.replacing("\(path)/", with: "")
      }
    }
  }

  @Test func `a folder that is root's alone is trusted, with links within it and to other such places`()
    throws
  {
    let folder = try Folder()
    folder.link("hello/again.py", to: "kit/call.py")
    folder.link("hello/kit/up", to: "..")
    folder.link("hello/elsewhere.py", to: "../elsewhere.py")
    folder.link("hello/nothing.py", to: "/usr/local/lib/nothing.py")
    #expect(folder.problem == nil)
  }

  @Test(arguments: ["hello", "hello/hello.py", "hello/kit", "hello/kit/call.py", "hello/kit/deep/more.py"])
  func `what another may write, or owns, is not trusted`(_ entry: String) throws {
    let folder = try Folder()
    let mode: mode_t = entry == "hello/hello.py" ? 0o757 : 0o666
    chmod("\(folder.path)/\(entry)", mode)
    #expect(folder.problem == "\(entry) must not be writable by its group or others")
    chmod("\(folder.path)/\(entry)", 0o755)
    chown("\(folder.path)/\(entry)", 65_534, 0)
    #expect(folder.problem == "\(entry) must be owned by root")
  }

  @Test func `a link leads nowhere that another may change`() throws {
    let folder = try Folder()
    mkdir("\(folder.path)/open", 0o755)
    chmod("\(folder.path)/open", 0o777)
    // It leads back to a file of root's, through a link that others may replace.
    folder.link("open/way", to: "\(folder.path)/elsewhere.py")
    for target in ["/tmp/nothing.py", "../open/way", "../open", "../open/nothing.py"] {
      folder.link("hello/link.py", to: target)
      #expect(folder.problem?.hasSuffix("must not be writable by its group or others") == true, "\(target)")
      unlink("\(folder.path)/hello/link.py")
    }
    folder.link("hello/link.py", to: "link.py")
    #expect(folder.problem == "hello/link.py: too many links")
  }

  @Test func `a program that is a link brings the folder that it leads to`() throws {
    let folder = try Folder()
    mkdir("\(folder.path)/there", 0o755)
    rename("\(folder.path)/hello/hello.py", "\(folder.path)/there/hello.py")
    folder.link("hello/hello.py", to: "../there/hello.py")
    #expect(folder.problem == nil)
    _ = FileManager.default.createFile(atPath: "\(folder.path)/there/json.py", contents: Data())
    chmod("\(folder.path)/there/json.py", 0o666)
    #expect(folder.problem == "there/json.py must not be writable by its group or others")
  }

  @Test func `a folder with more than can be looked at is not one of its own`() throws {
    let folder = try Folder()
    for number in 0...PluginTrust.entries { symlink("nothing", "\(folder.path)/hello/kit/\(number)") }
    #expect(
      folder.problem == "hello holds over \(PluginTrust.entries) files: give the plugin a folder of its own")
  }
}
