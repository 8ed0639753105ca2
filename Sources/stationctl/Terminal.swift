import Glibc
import StationClient

/// The program's three streams.
enum Terminal {
  /// Writes to standard output. Where that fails it ends the program, lest half an answer pass for a whole one: quietly
  /// when nobody reads any more, as a filter should, else with the reason.
  static func out(_ text: String) {
    guard !write(Array(text.utf8)[...], to: STDOUT_FILENO) else { return }
    let code = errno
    if code != EPIPE {
      let why = SystemText.text(code, .current)
      let text = Language.current.pick("cannot write the output: \(why)", zh: "无法写出结果：\(why)")
      err("stationctl: \(text)\n")
    }
    exit(ExitCode.unreachable.rawValue)
  }

  /// Writes to standard error: progress and diagnostics. If that fails there is nobody left to tell.
  static func err(_ text: String) { _ = write(Array(text.utf8)[...], to: STDERR_FILENO) }

  static var outIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static var errIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Columns of the terminal on standard output; nil if it is none.
  static var width: Int? {
    guard outIsTerminal else { return nil }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// A variable of the environment.
  static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// All bytes of a file; `-` is standard input.
  static func read(_ path: String) throws(UsageError) -> [UInt8] {
    let file = try InputFile(path)
    var bytes: [UInt8] = []
    while true {
      let more = try file.more()
      if more.isEmpty { return bytes }
      bytes += more
    }
  }

  /// Writes a new file; one that is there is left as it is.
  static func create(_ path: String, _ bytes: [UInt8]) throws(OutputFault) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw unwritable(path) }
    let isWritten = write(bytes[...], to: descriptor)
    guard close(descriptor) == 0, isWritten else {
      unlink(path)
      throw unwritable(path)
    }
  }

  /// Makes a folder where there is none.
  static func makeFolder(_ path: String) throws(OutputFault) {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw unwritable(path) }
  }

  /// Writes all of it; false, with errno, if that fails. On a closed pipe SIGPIPE ends the program first, unless whoever
  /// started it has that ignored.
  static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  static func unreadable(_ path: String) -> UsageError {
    let why = SystemText.text(errno, .current)
    return UsageError("cannot read \(path): \(why)", zh: "无法读取 \(path)：\(why)")
  }

  static func unwritable(_ path: String) -> OutputFault { OutputFault(path: path, code: errno) }
}

/// A file that cannot be written.
struct OutputFault: Error {
  let path: String
  /// Its errno(3).
  let code: Int32

  func text(_ language: Language) -> String {
    let why = SystemText.text(code, language)
    return language.pick("cannot write \(path): \(why)", zh: "无法写入 \(path)：\(why)")
  }
}
