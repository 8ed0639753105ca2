import StationJSON

/// A backup in a few lines.
package enum BackupText {
  /// - Parameter result: the result of `system.backup`.
  package static func made(_ result: JSONValue, language: Language) -> String {
    let path = DisplayWidth.printable(result["path"]?.stringValue ?? "?")
    let (size, bytes) = (result["size"]?.intValue ?? 0, result["bytes"]?.intValue ?? 0)
    let key = DisplayWidth.printable(result["master_key"]?.stringValue ?? "?")
    var text = language.pick(
      "\(path)\n\(size) records of the log, \(bytes) bytes, verified and signed\n"
        + "to be of use it needs master key \(key) and the log's signing key, which are not in it\n",
      zh: "\(path)\n日志 \(size) 条记录，\(bytes) 字节，已验证并签名\n恢复时另需主密钥 \(key) 及日志签名密钥（不在备份中）\n")
    for name in result["removed"]?.arrayValue ?? [] {
      let name = DisplayWidth.printable(name.stringValue ?? "?")
      text += language.pick("removed \(name)\n", zh: "已删除 \(name)\n")
    }
    return text
  }

  /// - Parameter progress: the result of `system.backup_progress`; empty where nothing is under way.
  package static func progress(_ progress: JSONValue, language: Language) -> String {
    let counts = "\(progress["done"]?.intValue ?? 0) / \(progress["all"]?.intValue ?? 0)"
    return switch progress["step"]?.stringValue {
    case "copying": language.pick("copying: \(counts) pages", zh: "复制：\(counts) 页")
    case "verifying": language.pick("verifying: \(counts) records", zh: "验证：\(counts) 条")
    default: ""
    }
  }
}
