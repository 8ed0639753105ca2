/// A name in a folder: any bytes, as the file system has them.
package struct FileName: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let bytes: [UInt8]

  package init(_ text: String) { bytes = Array(text.utf8) }
  package init(bytes: [UInt8]) { self.bytes = bytes }

  /// nil where the bytes are no UTF-8.
  package var text: String? { String(validating: bytes, as: UTF8.self) }

  package static func < (left: FileName, right: FileName) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  /// For the log: nothing of a name that a bank chose.
  package var description: String { "a file with a name of \(bytes.count) bytes" }

  func appending(_ suffix: String) -> FileName { FileName(bytes: bytes + Array(suffix.utf8)) }

  func withCString<T>(_ body: (UnsafePointer<CChar>) -> T) -> T {
    (bytes.map(CChar.init(bitPattern:)) + [0]).withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map(body) ?? body("")
    }
  }
}
