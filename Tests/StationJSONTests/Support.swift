import StationJSON

/// A small generator with a seed (SplitMix64), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}

extension JSONValue {
  /// Any value, nested at most `depth` levels.
  static func random(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &generator))
    case 2:
      return .int(Int(truncatingIfNeeded: generator.next()) >> Int.random(in: 0..<64, using: &generator))
    case 3: return .number(randomNumber(using: &generator))
    case 4: return .string(randomString(using: &generator))
    case 5:
      return .array(
        (0..<Int.random(in: 0..<6, using: &generator)).map { _ in random(depth: depth - 1, using: &generator)
        })
    default:
      var object = JSONObject()
      for _ in 0..<Int.random(in: 0..<24, using: &generator) {
        object[randomString(using: &generator)] = random(depth: depth / 2, using: &generator)
      }
      return .object(object)
    }
  }

  private static func randomNumber(using generator: inout SeededGenerator) -> JSONNumber {
    func digits(_ range: ClosedRange<Int>) -> String {
      (0..<Int.random(in: range, using: &generator))
        .map { _ in String(Int.random(in: 0...9, using: &generator)) }.joined()
    }
    var literal = Bool.random(using: &generator) ? "-" : ""
    literal +=
      Bool.random(using: &generator) ? "0" : String(Int.random(in: 1...9, using: &generator)) + digits(0...25)
    if Bool.random(using: &generator) { literal += "." + digits(1...8) }
    if Bool.random(using: &generator) {
      literal += ["e", "E", "e+", "E-"].randomElement(using: &generator) ?? "e"
      literal += digits(1...3)
    }
    return JSONNumber(literal: literal) ?? 0
  }

  static func randomString(using generator: inout SeededGenerator) -> String {
    let ranges: [ClosedRange<UInt32>] = [
      0x00...0x1F, 0x20...0x7F, 0x20...0x7F, 0x61...0x7A, 0x80...0x7FF, 0x4E00...0x9FFF, 0xE000...0xFFFF,
      0x10000...0x10FFFF,
    ]
    var string = ""
    for _ in 0..<Int.random(in: 0..<20, using: &generator) {
      let range = ranges.randomElement(using: &generator) ?? 0x20...0x7F
      if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) {
        string.unicodeScalars.append(scalar)
      }
    }
    return string
  }
}

/// What a scanner makes of a whole text that arrives in these chunks, as the parser would say it: nil for a
/// value with whitespace around it.
func scanProblem(_ chunks: [ArraySlice<UInt8>], maxDepth: Int = 64) -> JSONError? {
  var scanner = JSONScanner(maxDepth: maxDepth)
  var hasEnded = false
  var offset = 0
  for chunk in chunks {
    var rest = chunk
    if !hasEnded {
      switch rest.withUnsafeBytes({ scanner.scan($0) }) {
      case .needMore: rest = []
      case .failed(let error): return error
      case .end(let consumed):
        hasEnded = true
        rest = rest.dropFirst(consumed)
      }
    }
    let isWhitespace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
    if let place = rest.firstIndex(where: { !isWhitespace($0) }) {
      return JSONError(.trailingBytes, at: offset + place - chunk.startIndex)
    }
    offset += chunk.count
  }
  if hasEnded { return nil }
  if case .failed(let error) = scanner.finish() { return error }
  return nil
}

/// What the parser makes of a text; nil if it accepts it.
func parseProblem(_ bytes: [UInt8], maxDepth: Int = 64) -> JSONError? {
  do {
    _ = try JSONParser.parse(bytes, maxDepth: maxDepth)
    return nil
  } catch {
    return error
  }
}
