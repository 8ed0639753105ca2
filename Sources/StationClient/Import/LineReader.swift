/// The lines of a file, one after another, in bounded memory.
package struct LineReader {
  package struct Line {
    /// Counted from 1.
    package let number: Int
    /// Without its line feed; nil if it is longer than the bound.
    package let text: ArraySlice<UInt8>?
    /// Bytes of the file, the line feed included.
    package let bytes: Int
  }

  private let maximum: Int
  private let read: () throws -> [UInt8]
  private var held: [UInt8] = []
  /// Where the next line starts in `held`, and up to where a line feed was looked for.
  private var start = 0
  private var searched = 0
  /// Bytes of a line too long that are not held any more.
  private var dropped = 0
  private var number = 0
  private var ended = false

  /// - Parameters:
  ///   - maximum: bytes of a line that is worth holding.
  ///   - read: the bytes that come next; empty at the end.
  package init(maximum: Int, read: @escaping () throws -> [UInt8]) {
    self.maximum = maximum
    self.read = read
  }

  /// The next line; nil at the end. A last line needs no line feed. Throws what `read` throws.
  package mutating func next() throws -> Line? {
    while true {
      if let end = held[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        return line(to: end, next: end + 1)
      }
      searched = held.count
      if ended { return start < held.count || dropped > 0 ? line(to: held.count, next: held.count) : nil }
      if held.count - start > maximum {
        dropped += held.count - start
        start = held.count
      }
      held.removeFirst(start)
      searched = held.count
      start = 0
      let more = try read()
      ended = more.isEmpty
      held += more
    }
  }

  private mutating func line(to end: Int, next: Int) -> Line {
    let isTooLong = dropped + end - start > maximum
    number += 1
    defer {
      dropped = 0
      start = next
      searched = next
    }
    return Line(number: number, text: isTooLong ? nil : held[start..<end], bytes: dropped + next - start)
  }
}
