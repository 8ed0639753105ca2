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
  /// - Throws: ``UsageError`` for a name that is none, and for Swift without a source tree.
  package init(name: String, language: ProgrammingLanguage, repository: String?) throws(UsageError) {
    guard Names.isWord(name) else {
      throw UsageError(
        "'\(name)' is no name of a plugin: a-z, 0-9 and _, a letter first",
        zh: "“\(name)”不能作为插件名：须为小写字母、数字和下划线")
    }
    self.name = name
    self.language = language
    self.repository = repository.map(Self.absolute) ?? Self.found(holding: Self.mark(of: language))
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

  /// Whether the kit is in the folder, so that nothing need be installed.
  var hasKit: Bool { language == .python && repository != nil }

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
