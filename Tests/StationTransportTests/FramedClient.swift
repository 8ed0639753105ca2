import StationRPC
import StationTransport

/// Feeds a framer as a connection does, and writes down what came of it.
struct FramedClient {
  var framer: Framer
  /// The messages as compact JSON; errors as `syntax@OFFSET`, `tooDeep`, `frameTooLarge` or `badHeader`, with
  /// `, closes` where the stream is given up.
  private(set) var heard: [String] = []
  /// How long each message was.
  private(set) var lengths: [Int] = []
  /// How an answer to each message or error would have been framed at once.
  private(set) var framings: [AnswerFraming] = []
  /// The most bytes that had to be kept at a time.
  private(set) var mostKept = 0
  private var window: [UInt8] = []

  init(limits: Limits = Limits(), framing: Framing = .automatic) {
    framer = Framer(limits: limits, framing: framing)
  }

  mutating func feed(_ bytes: some Collection<UInt8>) {
    window.append(contentsOf: bytes)
    while true {
      let (step, consumed) = window.withUnsafeBytes { framer.next($0) }
      window.removeFirst(consumed)
      if step == .needMore { break }
      note(step)
    }
    mostKept = max(mostKept, window.count)
  }

  mutating func feed(_ text: String) { feed(Array(text.utf8)) }

  mutating func end() {
    if let step = window.withUnsafeBytes({ framer.end($0) }) { note(step) }
  }

  private mutating func note(_ step: Framer.Step) {
    framings.append(framer.answerFraming)
    switch step {
    case .needMore: break
    case .message(let value, let bytes):
      heard.append(value.encodedString)
      lengths.append(bytes)
    case .failed(let error, let closes):
      heard.append(Self.name(of: error) + (closes ? ", closes" : ""))
    }
  }

  private static func name(of error: WireError) -> String {
    switch error {
    case .syntax(_, let offset): "syntax@\(offset)"
    case .tooDeep: "tooDeep"
    case .frameTooLarge: "frameTooLarge"
    case .badHeader: "badHeader"
    }
  }
}
