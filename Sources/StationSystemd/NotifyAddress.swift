import Glibc

/// The socket on which the service manager takes notifications (`NOTIFY_SOCKET`, sd_notify(3)).
package enum NotifyAddress: Sendable, Hashable {
  /// A socket in the file system.
  case path(String)
  /// A socket in the abstract namespace (unix(7)), without the leading NUL.
  case abstract(String)

  /// Reads `/path` or `@name`; nil for anything else, and for what does not fit into a socket address.
  package init?(_ text: String) {
    let size = MemoryLayout.size(ofValue: sockaddr_un().sun_path)
    guard text.utf8.count > 1, text.utf8.count < size, !text.utf8.contains(0) else { return nil }
    switch text.utf8.first {
    case UInt8(ascii: "/"): self = .path(text)
    case UInt8(ascii: "@"): self = .abstract(String(text.dropFirst()))
    default: return nil
    }
  }

  /// Calls `body` with the socket address. The length of an abstract name is part of the address: NULs
  /// behind it would belong to the name.
  package func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes: [UInt8]
    switch self {
    case .path(let path): bytes = Array(path.utf8) + [0]
    case .abstract(let name): bytes = [0] + Array(name.utf8)
    }
    let space = MemoryLayout.size(ofValue: address.sun_path)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes.prefix(space)) }
    let length = MemoryLayout<sockaddr_un>.size - space + min(bytes.count, space)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
    }
  }
}
