import Foundation
import StationKit

/// A folder with a plugin to begin with: the program, its test and a page on both.
package struct PluginScaffold {
  package enum ProgrammingLanguage: String, Sendable, CaseIterable {
    case python, swift
  }

  /// One file of the folder.
  struct File: Sendable {
    let path: String
    let text: String
    var isProgram = false
  }

  /// The plugin's name, which is the prefix of its methods.
  package let name: String
  package let language: ProgrammingLanguage
  /// The source tree of stationd; nil where none was found. A plugin in Swift is built against it, one in Python
  /// takes a copy of the kit from it.
  package let repository: String?

  /// - Parameters:
  ///   - repository: where the caller says that it is; nil looks around this program, and in /usr/share/stationd.
  /// - Throws: ``UsageError`` for a name that is none or taken, for what is no source tree, and for Swift without one.
  package init(name: String, language: ProgrammingLanguage, repository: String?) throws(UsageError) {
    guard Names.isWord(name) else {
      throw UsageError(
        "'\(name)' is no name of a plugin: a-z, 0-9 and _, a letter first",
        zh: "“\(name)”不能作为插件名：须以小写字母开头，由小写字母、数字和下划线组成")
    }
    guard !Self.taken.contains(name) else {
      throw UsageError(
        "'\(name)' is a name of stationd's own: no plugin can have it",
        zh: "“\(name)”为 stationd 自用名称，不能作为插件名")
    }
    self.name = name
    self.language = language
    let mark = Self.mark(of: language)
    self.repository = repository.map(Self.absolute) ?? Self.found(holding: mark)
    if let place = self.repository, !FileManager.default.fileExists(atPath: "\(place)/\(mark)") {
      throw UsageError(
        "\(place) is no source tree of stationd: there is no \(mark)",
        zh: "\(place) 不是 stationd 源代码目录：缺少 \(mark)")
    }
    guard language == .python || self.repository != nil else {
      throw UsageError(
        "a plugin in Swift is built against the source of stationd: say where it is, with --repository",
        zh: "Swift 插件须依赖 stationd 源代码，请用 --repository 指明其位置")
    }
  }

  /// Writes the folder.
  /// - Returns: the paths written, the kit as one.
  /// - Throws: ``UsageError`` where the folder is there already or cannot be written.
  package func write(to folder: String) throws(UsageError) -> [String] {
    let manager = FileManager.default
    guard !manager.fileExists(atPath: folder) else {
      throw UsageError("\(folder) is there already", zh: "\(folder) 已存在")
    }
    var written: [String] = []
    do {
      for file in language == .python ? pythonFiles : swiftFiles {
        let path = "\(folder)/\(file.path)"
        try manager.createDirectory(
          atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try file.text.write(toFile: path, atomically: false, encoding: .utf8)
        try manager.setAttributes([.posixPermissions: file.isProgram ? 0o755 : 0o644], ofItemAtPath: path)
        written.append(path)
      }
      if language == .python, let repository {
        let path = "\(folder)/stationd_plugin"
        try copyKit(from: "\(repository)/\(Self.kit)", to: path)
        written.append(path)
      }
    } catch {
      throw UsageError(
        "cannot write \(folder): \(error.localizedDescription)",
        zh: "无法写入 \(folder)：\(error.localizedDescription)")
    }
    return written
  }

  /// The sources of the kit, without what Python made of them.
  private func copyKit(from source: String, to target: String) throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: target, withIntermediateDirectories: true)
    for file in try manager.contentsOfDirectory(atPath: source).sorted()
    where file.hasSuffix(".py") || file == "py.typed" {
      try manager.copyItem(atPath: "\(source)/\(file)", toPath: "\(target)/\(file)")
    }
  }

  /// The end of the folder's README: the plugin in a daemon.
  /// - Parameter program: its path in the folder.
  func usage(of program: String) -> String {
    """
    In a daemon for trying (`stationd --dev DIR`), in `DIR/plugins.yaml`, or under `plugins:` in `stationd.yaml`:

    ```yaml
    \(name):
      program: /path/to/\(name)/\(program)
    ```

    ```sh
    stationctl plugin start \(name)
    stationctl \(name) add lamp
    stationctl plugin reload \(name)          # after a change: the old one serves until the new one is ready
    ```

    """
  }

  /// What the folder needs before its test can run; nil if nothing.
  package var missing: Text? {
    guard language == .python, repository == nil else { return nil }
    return Text(
      "The kit, stationd_plugin, was not found and is not in the folder. It is in /usr/share/stationd/Plugins/python of"
        + " the package and in Plugins/python of the source: copy it there, or python3 -m pip install that folder.",
      zh: "未找到开发包 stationd_plugin，目录中没有它。软件包的 /usr/share/stationd/Plugins/python 和源代码的"
        + " Plugins/python 中都有：请复制到该目录，或用 python3 -m pip install 安装。")
  }

  /// Names that the daemon's modules have, or that stationctl takes for a command.
  private static let taken: Set<String> = Set([
    "approval", "audit", "dev", "directory", "events", "help", "key", "keyperson", "mediation", "personal",
    "plugin", "retention", "rpc", "stoploss", "support", "system", "transfer",
  ]).union(StaticCommand.all.map(\.name))

  static let kit = "Plugins/python/stationd_plugin"

  private static func mark(of language: ProgrammingLanguage) -> String {
    language == .python ? "\(kit)/__init__.py" : "Sources/StationPlugin/RunPlugin.swift"
  }

  /// The source tree that this program was built in, or what a package has installed.
  private static func found(holding mark: String) -> String? {
    var places: [String] = []
    var place = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/"
    while place != "/" {
      place = (place as NSString).deletingLastPathComponent
      places.append(place)
    }
    places.append("/usr/share/stationd")
    return places.first { FileManager.default.fileExists(atPath: "\($0)/\(mark)") }
  }

  private static func absolute(_ path: String) -> String {
    let whole = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    return (whole as NSString).standardizingPath
  }
}
