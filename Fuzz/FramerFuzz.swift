import StationJSON
import StationRPC
import StationTransport

/// One input of the fuzzer. The first byte chooses the framing and the limits, the second the chunks that the
/// stream is cut into, the rest is the stream.
///
/// Checked: whatever a client sends, at most one frame and one header block is kept; however the stream is cut,
/// the messages up to the first error, and that error, are the same, and with a pinned framing so is all that
/// follows.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFramer(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  guard let data, size > 2 else { return 0 }
  let stream = UnsafeRawBufferPointer(start: data + 2, count: size - 2)
  let framings = Framing.allCases
  let framing = framings[Int(data[0]) % framings.count]
  var limits = Limits()
  limits.frameBytes = data[0] & 0x40 == 0 ? 1 << 20 : 48
  limits.depth = data[0] & 0x80 == 0 ? 64 : 5
  let whole = events(stream, Framer(limits: limits, framing: framing), limits) { $0 }
  var state = UInt32(data[1])
  let chunked = events(stream, Framer(limits: limits, framing: framing), limits) { _ in
    // Mostly a few bytes, at times many: a linear congruential generator is random enough for this.
    state = state &* 1_664_525 &+ 1_013_904_223
    return state >> 30 == 0 ? Int(state >> 16 & 0xFF) + 1 : Int(state >> 16 & 7) + 1
  }
  let bytewise = events(stream, Framer(limits: limits, framing: framing), limits) { _ in 1 }
  for other in [chunked, bytewise] {
    if framing == .automatic {
      // A delimiter that is at hand when a message turns out broken tells where the next one starts. So what
      // comes after the first error may hang on what had arrived.
      check(firstPart(whole) == firstPart(other), "messages hang on how the stream is cut")
    } else {
      check(whole == other, "what is heard hangs on how the stream is cut")
    }
  }
  return 0
}

private enum Event: Equatable {
  case message(JSONValue, bytes: Int)
  case failed(WireError)
}

/// What comes of a stream; `step` says how large the next chunk is, given what is left.
private func events(
  _ stream: UnsafeRawBufferPointer, _ framer: Framer, _ limits: Limits, step: (Int) -> Int
) -> [Event] {
  var framer = framer
  var events: [Event] = []
  var start = 0
  var end = 0
  while end < stream.count {
    end += min(step(stream.count - end), stream.count - end)
    while true {
      let window = UnsafeRawBufferPointer(rebasing: stream[start..<end])
      let (step, consumed) = framer.next(window)
      check(consumed >= 0 && consumed <= window.count, "more was consumed than was there")
      start += consumed
      if step == .needMore { break }
      note(step, &events)
    }
    check(
      end - start <= limits.frameBytes + HeaderBlock.byteLimit, "more is kept than a frame and a header block"
    )
  }
  if let step = framer.end(UnsafeRawBufferPointer(rebasing: stream[start...])) { note(step, &events) }
  return events
}

private func note(_ step: Framer.Step, _ events: inout [Event]) {
  switch step {
  case .needMore: check(false, "there is nothing more to come")
  case .message(let value, let bytes): events.append(.message(value, bytes: bytes))
  case .failed(let error, _): events.append(.failed(error))
  }
}

/// All up to the first error, and that error.
private func firstPart(_ events: [Event]) -> ArraySlice<Event> {
  let error = events.firstIndex { if case .failed = $0 { true } else { false } }
  return events[..<(error.map { $0 + 1 } ?? events.count)]
}

/// A finding: the fuzzer keeps the input of a process that dies.
private func check(_ condition: Bool, _ finding: StaticString) {
  if !condition { fatalError("\(finding)") }
}
