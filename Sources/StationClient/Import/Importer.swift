import StationJSON

/// Sends the lines of a file to a method that takes lists, several calls ahead of their answers.
///
/// Nothing is remembered of what was entered before: the method knows an item that comes again. So whatever ended an
/// import, the way to go on is to run it again, and a call whose answer was lost is simply sent again.
package struct Importer {
  /// Bytes of one call that are aimed at; a longer line goes alone.
  static let callBytes = 256 << 10
  /// The longest line worth sending: no daemon can be set to take longer messages.
  package static let lineBytes = 64 << 20
  /// How deep arrays and objects of an item may be nested; a message has room for the call's own around it.
  static let depth = 56

  private let target: ImportTarget
  private let meta: CallMeta
  private let perCall: Int
  private let inFlight: Int
  private let patience: Duration
  private let connect: () throws(ClientError) -> Client

  private var reader: LineReader
  private var connection: Client?
  private var tally = ImportTally()
  /// Sent and not answered, in the order of the file.
  private var flying: [(id: Int?, batch: ImportBatch)] = []
  /// To be sent again, before anything new.
  private var returned: [ImportBatch] = []
  /// A line that did not fit into the batch before it.
  private var left: ImportBatch.Line?
  /// The daemon's bound on one message, once it has told.
  private var frameBytes: Int?
  private var backOff = BackOff()
  /// Until when a lost daemon may come back; nil while it is there.
  private var comeBack: TimeLimit?

  /// - Parameters:
  ///   - perCall: items of one call at most.
  ///   - inFlight: calls sent ahead of their answers at most.
  ///   - patience: how long a daemon that went away is waited for.
  ///   - connect: makes a connection; called again after each loss.
  package init(
    _ target: ImportTarget, meta: CallMeta, perCall: Int, inFlight: Int, patience: Duration,
    reader: LineReader,
    connect: @escaping () throws(ClientError) -> Client
  ) {
    self.target = target
    self.meta = meta
    self.perCall = max(1, min(perCall, target.maximum))
    self.inFlight = max(1, inFlight)
    self.patience = patience
    self.reader = reader
    self.connect = connect
  }

  /// Sends all of it.
  ///
  /// - Parameters:
  ///   - refused: told of each line that is not entered.
  ///   - progress: told how far it has come, after each answer.
  /// - Throws: what the reader and `refused` throw; `ClientError` for a daemon that stays away, or that refuses a
  ///   call as a whole.
  package mutating func run(
    refused: (ImportRefusal) throws -> Void, progress: (ImportTally) -> Void
  ) throws -> ImportTally {
    while true {
      do {
        let client = try connected()
        while flying.count < inFlight, let batch = try next(refused) {
          flying.append((nil, batch))
          flying[flying.count - 1].id = try client.send(
            batch.call(target, meta), limit: TimeLimit(in: client.timeout))
        }
        guard !flying.isEmpty else { break }
        let (id, outcome) = try client.answer(limit: TimeLimit(in: client.timeout))
        guard let place = flying.firstIndex(where: { $0.id == id }) else { continue }
        try settle(flying[place].batch, outcome.get(), refused)
        flying.remove(at: place)
        (backOff, comeBack) = (BackOff(), nil)
        progress(tally)
      } catch let error as ClientError {
        try recover(error)
      }
    }
    progress(tally)
    return tally
  }

  private mutating func connected() throws(ClientError) -> Client {
    if let connection { return connection }
    let made = try connect()
    connection = made
    return made
  }

  /// Prepares for another attempt, or throws the error where none would help.
  private mutating func recover(_ error: ClientError) throws {
    connection = nil
    let unanswered = flying.map(\.batch)
    returned = unanswered + returned
    flying = []
    if case .rpc(let told) = error, told.kind == "frame_too_large",
      let limit = told.json["data"]?["limit_bytes"]?.intValue,
      unanswered.contains(where: { exceeds($0, limit) })
    {
      frameBytes = limit
      return
    }
    // What was not answered in time has used up the patience already.
    guard error.mayPass, error != .timedOut else { throw error }
    let limit = comeBack ?? TimeLimit(in: patience)
    comeBack = limit
    guard !limit.hasPassed else { throw error }
    _ = backOff.wait(until: limit)
  }

  private func exceeds(_ batch: ImportBatch, _ limit: Int) -> Bool {
    Client.bytes(of: batch.call(target, meta), id: .max).count > limit
  }

  /// The next call; nil at the end of the file.
  private mutating func next(_ refused: (ImportRefusal) throws -> Void) throws -> ImportBatch? {
    while let batch = returned.isEmpty ? try read(refused) : returned.removeFirst() {
      guard let frameBytes, exceeds(batch, frameBytes) else { return batch }
      guard batch.lines.count == 1 else {
        returned = batch.halves + returned
        continue
      }
      try refuse(.tooLong(line: batch.lines[0].number, limit: frameBytes), bytes: batch.bytes, refused)
    }
    return nil
  }

  private mutating func read(_ refused: (ImportRefusal) throws -> Void) throws -> ImportBatch? {
    var batch = ImportBatch()
    var bytes = 0
    while batch.lines.count < perCall, let line = try left ?? item(refused) {
      left = nil
      guard batch.lines.isEmpty || bytes + line.bytes <= Importer.callBytes else {
        left = line
        break
      }
      batch.lines.append(line)
      bytes += line.bytes
    }
    return batch.lines.isEmpty ? nil : batch
  }

  /// The next line that holds JSON; empty ones are passed over.
  private mutating func item(_ refused: (ImportRefusal) throws -> Void) throws -> ImportBatch.Line? {
    while let line = try reader.next() {
      guard let text = line.text else {
        try refuse(.tooLong(line: line.number, limit: Importer.lineBytes), bytes: line.bytes, refused)
        continue
      }
      if text.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") })
      {
        tally.bytes += line.bytes
        continue
      }
      do throws(JSONError) {
        let item = try JSONParser.parse(text, maxDepth: Importer.depth)
        return ImportBatch.Line(number: line.number, item: item, bytes: line.bytes)
      } catch {
        try refuse(.notJSON(line: line.number, error), bytes: line.bytes, refused)
      }
    }
    return nil
  }

  private mutating func refuse(
    _ refusal: ImportRefusal, bytes: Int, _ refused: (ImportRefusal) throws -> Void
  ) throws {
    tally.refused += 1
    tally.bytes += bytes
    try refused(refusal)
  }

  /// Takes the answer to a call: an outcome for each of its items.
  private mutating func settle(
    _ batch: ImportBatch, _ result: JSONValue, _ refused: (ImportRefusal) throws -> Void
  ) throws {
    let items = result["items"]?.arrayValue ?? []
    guard items.count == batch.lines.count else {
      throw ClientError.protocolError("\(batch.lines.count) items were sent, \(items.count) answered")
    }
    for (place, (line, item)) in zip(batch.lines, items).enumerated() {
      switch item["outcome"]?.stringValue {
      case "accepted": tally.accepted += 1
      case "duplicate": tally.duplicate += 1
      case "refused":
        tally.refused += 1
        try refused(
          ImportRefusal(
            line: line.number, key: line.item["key"]?.stringValue,
            error: target.relative(item["error"] ?? .null, place: place)))
      default: throw ClientError.protocolError("an item of line \(line.number) has no outcome that is known")
      }
      tally.bytes += line.bytes
    }
  }
}
