import StationJSON

#if canImport(Glibc)
  import Glibc
#endif

/// Cuts bytes into lines, each one JSON value: the framing between the daemon and a plugin.
///
/// A value without I/O, for both sides. A broken line cannot be stepped over: neither side makes one by mistake.
package struct LineFramer: Sendable {
  package enum Fault: Error, Sendable, Equatable {
    /// Longer than the limit, in bytes.
    case tooLong(Int)
    case notJSON(String)
  }

  private let limit: Int
  private let depth: Int
  private var buffer: [UInt8] = []
  /// Bytes at the start of the buffer that have been handed out.
  private var used = 0
  /// Bytes of the line at hand that hold no line feed.
  private var examined = 0

  package init(limits: PluginLimits) {
    limit = limits.frameBytes
    depth = limits.depth
  }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if used > 0, used == buffer.count || used > 1 << 16 {
      buffer.removeFirst(used)
      used = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// Whether bytes of an unfinished line are there.
  package var isInside: Bool { used < buffer.count }

  /// The next message; nil before further bytes arrive. Empty lines are passed over.
  package mutating func next() throws(Fault) -> JSONValue? {
    while true {
      let start = used
      let from = used + examined
      let end = buffer.withUnsafeBytes { bytes -> Int? in
        guard from < bytes.count, let base = bytes.baseAddress,
          let found = memchr(base + from, 0x0A, bytes.count - from)
        else { return nil }
        return UnsafeRawPointer(found) - base
      }
      guard let end else {
        examined = buffer.count - used
        guard examined <= limit else { throw .tooLong(limit) }
        return nil
      }
      used = end + 1
      examined = 0
      guard end > start else { continue }
      guard end - start <= limit else { throw .tooLong(limit) }
      do {
        return try JSONParser.parse(buffer[start..<end], maxDepth: depth)
      } catch {
        throw .notJSON(error.kind.explanation)
      }
    }
  }
}
