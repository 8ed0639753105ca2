import Glibc

/// Why the system did not do something. The C library has Chinese words only where their locale is installed.
package enum SystemText {
  private static let chinese: [Int32: String] = [
    ENOENT: "没有该文件或目录", EACCES: "权限不足", EPERM: "不允许此操作", EISDIR: "是一个目录", ENOTDIR: "路径中有一部分不是目录",
    EEXIST: "文件已存在", ENOSPC: "磁盘空间不足", EROFS: "文件系统只读", EIO: "读写故障", ECONNREFUSED: "连接被拒绝",
    ENOTSOCK: "不是套接字", EAGAIN: "暂时无法完成", EMFILE: "打开的文件过多",
  ]

  package static func text(_ code: Int32, _ language: Language) -> String {
    language == .zh ? chinese[code] ?? english(code) : english(code)
  }

  /// What other parts say of a file, `PATH: No such file or directory`, in the reader's language.
  package static func text(of file: String, _ language: Language) -> String {
    guard language == .zh else { return file }
    for (code, meant) in chinese where file.hasSuffix(": " + english(code)) {
      return file.dropLast(english(code).count + 2) + "：" + meant
    }
    return file.hasSuffix(" is missing") ? file.dropLast(" is missing".count) + " 不存在" : file
  }

  private static func english(_ code: Int32) -> String { String(cString: strerror(code)) }
}
