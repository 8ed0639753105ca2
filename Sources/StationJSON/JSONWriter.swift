/// Writes pieces of JSON text to a buffer, for code that builds a text without a `JSONValue`.
public enum JSONWriter {
  /// Writes a string with its quotes. Quotes, backslashes and control characters are escaped, nothing else.
  public static func write(_ string: String, into output: inout [UInt8]) {
    let written: Void? = string.utf8.withContiguousStorageIfAvailable {
      write(utf8: UnsafeRawBufferPointer($0), into: &output)
    }
    if written == nil {
      Array(string.utf8).withUnsafeBytes { write(utf8: $0, into: &output) }
    }
  }

  /// Writes an integer in decimal.
  public static func write(_ value: Int, into output: inout [UInt8]) {
    output.append(contentsOf: String(value).utf8)
  }

  /// What a `String` holds is valid UTF-8.
  private static func write(utf8 bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    if let base = bytes.baseAddress {
      var place = 0
      while true {
        let run = plainRun(base, from: place, to: bytes.count, isASCII: false)
        output.append(contentsOf: UnsafeRawBufferPointer(start: base + place, count: run))
        place &+= run
        guard place < bytes.count else { break }
        escape(bytes[place], into: &output)
        place &+= 1
      }
    }
    output.append(UInt8(ascii: "\""))
  }

  private static func escape(_ byte: UInt8, into output: inout [UInt8]) {
    output.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
    case 0x08: output.append(UInt8(ascii: "b"))
    case 0x0C: output.append(UInt8(ascii: "f"))
    case 0x0A: output.append(UInt8(ascii: "n"))
    case 0x0D: output.append(UInt8(ascii: "r"))
    case 0x09: output.append(UInt8(ascii: "t"))
    default:
      output.append(contentsOf: "u00".utf8)
      for digit in [byte >> 4, byte & 0xF] {
        output.append(digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &+ digit &- 10)
      }
    }
  }
}
