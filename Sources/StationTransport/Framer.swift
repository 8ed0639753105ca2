import Glibc
import StationJSON
import StationRPC

/// Cuts the bytes of one client into JSON messages, and learns from them how to frame the answers.
///
/// A value without I/O: the caller keeps the bytes. It hands over all that are not consumed yet, acts on the
/// step, drops what was consumed, and asks again until the step is ``Step/needMore``.
package struct Framer: Sendable {
  package enum Step: Sendable, Equatable {
    /// Nothing more to do before further bytes arrive.
    case needMore
    /// One message, and how long it was without its framing.
    case message(JSONValue, bytes: Int)
    /// What arrived is no message. `closes` says that the next message cannot be found in the stream.
    case failed(WireError, closes: Bool)
  }

  private enum State {
    /// Outside a message.
    case between
    /// At the first bytes of a connection, which may open a header block.
    case opening
    /// Inside a value, of which the scanner has seen `examined` bytes.
    case value
    case header
    case body(length: Int)
    /// Inside a body that is too long, of which so many bytes are still to come.
    case discarding(length: Int)
    /// Behind a broken message, before the byte that ends it.
    case skipping(until: UInt8)
    /// The next message cannot be found any more.
    case broken
  }

  private static let lineFeed = UInt8(ascii: "\n")

  private let framing: Framing
  private let frameBytes: Int
  private let depth: Int
  private var state = State.between
  private var scanner: JSONScanner
  private var header = HeaderBlock()
  /// Bytes of the value at hand that have been through the scanner.
  private var examined = 0
  /// Nil until the first byte of the first message tells.
  private var hasHeaders: Bool?
  private var sawLineFeed = false
  private var sawNUL = false
  /// The last message was a value, so that a NUL may follow it.
  private var afterValue = false
  /// Whether the next value is likely to end at the end of a line, or of what has arrived.
  private var guesses = true

  package init(limits: Limits, framing: Framing = .automatic) {
    self.framing = framing
    self.frameBytes = min(limits.frameBytes, Int.max - 1)
    self.depth = limits.depth
    self.scanner = JSONScanner(maxDepth: limits.depth)
    self.hasHeaders = framing == .automatic ? nil : framing == .contentLength
  }

  /// How an answer that leaves now is framed.
  package var answerFraming: AnswerFraming {
    if hasHeaders == true { return .contentLength }
    switch framing {
    case .line: return .lineFeed
    case .contentLength: return .contentLength
    case .nul: return .nul
    case .automatic: return sawNUL ? .nul : sawLineFeed ? .lineFeed : .blankLine
    }
  }

  /// True when the last byte that arrived ended a value that no line feed or NUL has followed yet, on a
  /// connection whose framing that byte would settle.
  package var awaitsDelimiter: Bool {
    if case .between = state { return afterValue && answerFraming == .blankLine }
    return false
  }

  /// Finds the next message. `window` holds every byte from the first one not yet consumed; the first
  /// `consumed` of them are done with.
  package mutating func next(_ window: UnsafeRawBufferPointer) -> (step: Step, consumed: Int) {
    var base = 0
    while true {
      switch state {
      case .between:
        base = skipSeparators(window, from: base)
        guard base < window.count else { return (.needMore, base) }
        examined = 0
        afterValue = false
        if let hasHeaders {
          if hasHeaders { header = HeaderBlock() }
          state = hasHeaders ? .header : .value
        } else {
          state = .opening
        }
      case .opening:
        guard let opens = HeaderBlock.opens(rest(of: window, from: base)) else { return (.needMore, base) }
        hasHeaders = opens
        state = opens ? .header : .value
      case .value:
        return value(window, at: base)
      case .header:
        switch header.scan(rest(of: window, from: base)) {
        case .needMore:
          return (.needMore, base)
        case .complete(let length, let consumed):
          base += consumed
          if length <= frameBytes {
            state = .body(length: length)
          } else if length / Limits.skippedFrames < frameBytes {
            state = .discarding(length: length)
            return (.failed(.frameTooLarge, closes: false), base)
          } else {
            return fatal(.frameTooLarge, window)
          }
        case .failed(let error):
          return fatal(error, window)
        }
      case .body(let length):
        guard window.count - base >= length else { return (.needMore, base) }
        state = .between
        let body = UnsafeRawBufferPointer(rebasing: window[base..<(base + length)])
        return (parsed(body), base + length)
      case .discarding(let length):
        let dropped = min(length, window.count - base)
        base += dropped
        state = dropped < length ? .discarding(length: length - dropped) : .between
        if dropped < length { return (.needMore, base) }
      case .skipping(let delimiter):
        guard let end = first(delimiter, in: window, from: base) else { return (.needMore, window.count) }
        base = end + 1
        state = .between
      case .broken:
        return (.needMore, window.count)
      }
    }
  }

  /// The step for bytes that nothing will follow: a message that ends with the stream, or the error of one
  /// that was cut off; nil when there is none.
  package mutating func end(_ window: UnsafeRawBufferPointer) -> Step? {
    defer { state = .broken }
    switch state {
    case .between, .discarding, .skipping, .broken:
      return nil
    case .opening, .value:
      return parsed(window)
    case .header, .body:
      return .failed(
        .syntax(reason: JSONErrorKind.unexpectedEnd.explanation, offset: window.count), closes: false)
    }
  }

  // MARK: Values

  private mutating func value(_ window: UnsafeRawBufferPointer, at base: Int) -> (step: Step, consumed: Int) {
    let rest = rest(of: window, from: base)
    if examined == 0 {
      if guesses, let (value, length) = guess(rest) {
        return (.message(value, bytes: length), separatorsEnd(window, from: base + length))
      }
      scanner.reset()
    }
    let reach = min(rest.count, frameBytes + 1)
    switch scanner.scan(UnsafeRawBufferPointer(rebasing: rest[examined..<reach])) {
    case .needMore:
      examined = reach
      guard reach > frameBytes else { return (.needMore, base) }
      return failed(.frameTooLarge, window, from: base, at: base + reach)
    case .end(let consumed):
      let length = examined + consumed
      guard length <= frameBytes else { return failed(.frameTooLarge, window, from: base, at: base + length) }
      let step = parsed(UnsafeRawBufferPointer(rebasing: rest[..<length]))
      return (step, separatorsEnd(window, from: base + length))
    case .failed(let error):
      return failed(WireError(error), window, from: base, at: min(base + error.offset, window.count))
    }
  }

  /// Parses up to the first line feed (or NUL, or all that is there). A text that is JSON as a whole is
  /// exactly one value, so a right guess saves the scan; a wrong one costs a second look at the bytes.
  private mutating func guess(_ rest: UnsafeRawBufferPointer) -> (JSONValue, length: Int)? {
    guesses = false
    var end = first(sawNUL ? 0 : Self.lineFeed, in: rest, from: 0) ?? rest.count
    while end > 0, Self.isSpace(rest[end - 1]) { end -= 1 }
    guard end > 1, end <= frameBytes, rest[end - 1] | 0x20 == UInt8(ascii: "}") else { return nil }
    let text = UnsafeRawBufferPointer(rebasing: rest[..<end])
    guard let value = try? JSONParser.parse(text, maxDepth: depth) else { return nil }
    return (value, end)
  }

  private func parsed(_ text: UnsafeRawBufferPointer) -> Step {
    do throws(JSONError) {
      return .message(try JSONParser.parse(text, maxDepth: depth), bytes: text.count)
    } catch {
      return .failed(WireError(error), closes: false)
    }
  }

  // MARK: Between messages

  /// Takes the separators behind a value too, so that a line feed that came with it counts for its answer.
  private mutating func separatorsEnd(_ window: UnsafeRawBufferPointer, from start: Int) -> Int {
    state = .between
    afterValue = true
    let end = skipSeparators(window, from: start)
    guesses = end == window.count || window[end - 1] == Self.lineFeed || sawNUL
    return end
  }

  private mutating func skipSeparators(_ window: UnsafeRawBufferPointer, from start: Int) -> Int {
    var place = start
    while place < window.count {
      let byte = window[place]
      if byte == Self.lineFeed {
        sawLineFeed = true
      } else if byte == 0, framing == .nul || framing == .automatic && (afterValue || sawNUL) {
        sawNUL = true
      } else if !Self.isSpace(byte) {
        break
      }
      place += 1
    }
    return place
  }

  // MARK: Errors

  /// Goes on behind a broken value where its end can be found, else gives the stream up.
  private mutating func failed(
    _ error: WireError, _ window: UnsafeRawBufferPointer, from base: Int, at place: Int
  ) -> (step: Step, consumed: Int) {
    if framing == .nul || sawNUL {
      state = .skipping(until: 0)
      return (.failed(error, closes: false), place)
    }
    if framing == .line || sawLineFeed {
      state = .skipping(until: Self.lineFeed)
      return (.failed(error, closes: false), place)
    }
    // No delimiter has been seen yet. One that is at hand tells what the client's are, unless the value was
    // printed over several lines: then a line feed ends nothing.
    let line = UnsafeRawBufferPointer(rebasing: window[base..<place])
    if first(Self.lineFeed, in: line, from: 0) == nil,
      let end = first(Self.lineFeed, in: window, from: place)
    {
      sawLineFeed = true
      state = .between
      return (.failed(error, closes: false), end + 1)
    }
    if place < window.count, window[window.count - 1] == 0 {
      sawNUL = true
      state = .between
      return (.failed(error, closes: false), window.count)
    }
    return fatal(error, window)
  }

  private mutating func fatal(
    _ error: WireError, _ window: UnsafeRawBufferPointer
  ) -> (step: Step, consumed: Int) {
    state = .broken
    return (.failed(error, closes: true), window.count)
  }

  // MARK: Bytes

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == lineFeed || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\t")
  }

  private func rest(of window: UnsafeRawBufferPointer, from start: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: window[start...])
  }

  private func first(_ byte: UInt8, in window: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start < window.count, let base = window.baseAddress,
      let found = memchr(base + start, Int32(byte), window.count - start)
    else { return nil }
    return UnsafeRawPointer(found) - base
  }
}

extension WireError {
  /// The wire's word for what the parser or the scanner found.
  init(_ error: JSONError) {
    self = error.kind == .depth ? .tooDeep : .syntax(reason: error.kind.explanation, offset: error.offset)
  }
}
