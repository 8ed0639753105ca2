import CStationSystemd
import Glibc

/// Sends records to the journal by its native protocol, without libsystemd.
package final class JournalSocket: Sendable {
  package static let path = "/run/systemd/journal/socket"

  private let descriptor: Int32
  private let address: NotifyAddress

  /// Nil where no socket can be had, or `path` does not fit into an address.
  package init?(path: String = JournalSocket.path) {
    guard let address = NotifyAddress(path) else { return nil }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    self.address = address
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Sends a record; waits while the journal is behind. A record that is too large for a datagram goes as a sealed
  /// file in memory. Returns 0, or the error number of what kept it from leaving.
  package func send(_ record: JournalRecord) -> Int32 {
    let bytes = record.bytes
    return address.withSocketAddress { pointer, size in
      while true {
        if sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), pointer, size) >= 0 { return 0 }
        switch errno {
        case EINTR: continue
        case EMSGSIZE, ENOBUFS: return sendFile(bytes, pointer, size)
        default: return errno
        }
      }
    }
  }

  private func sendFile(_ bytes: [UInt8], _ pointer: UnsafePointer<sockaddr>, _ size: socklen_t) -> Int32 {
    let file = station_memory_file("journal-record")
    guard file >= 0 else { return errno }
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return errno }
      rest = rest.dropFirst(count)
    }
    guard station_seal(file) == 0, station_send_descriptor(descriptor, pointer, size, file) >= 0 else {
      return errno
    }
    return 0
  }
}
