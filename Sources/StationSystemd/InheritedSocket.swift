import Glibc

/// A descriptor that systemd opened for this process (sd_listen_fds(3)).
package struct InheritedSocket: Sendable, Hashable {
  package let descriptor: Int32
  /// `FileDescriptorName=` of the socket unit; `unknown` where systemd gave none.
  package let name: String

  package init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }
}

extension InheritedSocket {
  package enum Failure: Error, Sendable, Equatable {
    /// `LISTEN_FDS` or `LISTEN_PID` is not a number.
    case badNumber(variable: String)
    /// `LISTEN_FDNAMES` names more or fewer descriptors than there are.
    case wrongNameCount
    /// The descriptor is not open, or its close-on-exec flag cannot be set.
    case unusable(descriptor: Int32, code: Int32)
  }

  /// The first descriptor that systemd passes (`SD_LISTEN_FDS_START`).
  package static let firstDescriptor: Int32 = 3

  /// What the environment of process `pid` says was passed to it; nothing if it was meant for another
  /// process. `environment` is asked for a variable by name.
  package static func parse(
    pid: Int32, environment: (String) -> String?
  ) throws(Failure) -> [InheritedSocket] {
    guard let listenPID = environment("LISTEN_PID"), let listenFDs = environment("LISTEN_FDS") else {
      return []
    }
    guard let owner = number(listenPID), owner > 0 else { throw .badNumber(variable: "LISTEN_PID") }
    guard owner == pid else { return [] }
    guard let count = number(listenFDs), count <= Int32.max - firstDescriptor else {
      throw .badNumber(variable: "LISTEN_FDS")
    }
    guard let listed = environment("LISTEN_FDNAMES") else {
      return (0..<count).map { InheritedSocket(descriptor: firstDescriptor + $0, name: "unknown") }
    }
    let names = listed.split(separator: ":", omittingEmptySubsequences: false)
    guard names.count == Int(count) || count == 0 else { throw .wrongNameCount }
    return zip(0..<count, names).map { InheritedSocket(descriptor: firstDescriptor + $0, name: String($1)) }
  }

  /// Takes over the descriptors passed to this process: sets their close-on-exec flag, and removes the
  /// variables so that no child takes them for its own. To be called once, before other threads start.
  package static func takeAll() throws(Failure) -> [InheritedSocket] {
    let sockets = try parse(pid: getpid()) { name in getenv(name).map { String(cString: $0) } }
    for variable in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(variable) }
    for socket in sockets {
      let flags = fcntl(socket.descriptor, F_GETFD)
      guard flags >= 0, fcntl(socket.descriptor, F_SETFD, flags | FD_CLOEXEC) == 0 else {
        throw .unusable(descriptor: socket.descriptor, code: errno)
      }
    }
    return sockets
  }

  /// Whether this is a Unix stream socket that listens (`ListenStream=` with a path).
  package var isListeningUnixStream: Bool {
    option(SO_DOMAIN) == AF_UNIX && option(SO_TYPE) == Int32(SOCK_STREAM.rawValue)
      && option(SO_ACCEPTCONN) == 1
  }

  private func option(_ name: Int32) -> Int32? {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
  }

  /// Digits only: `Int32(_:)` would take a sign too.
  private static func number(_ text: String) -> Int32? {
    text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") } ? Int32(text) : nil
  }
}

extension InheritedSocket {
  /// The path that a Unix socket is bound to; nil for any other.
  package var path: String? {
    var address = sockaddr_un()
    var size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let code = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    guard code == 0, address.sun_family == sa_family_t(AF_UNIX) else { return nil }
    let path = withUnsafeBytes(of: address.sun_path) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    return path.isEmpty ? nil : path
  }
}
