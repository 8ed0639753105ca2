import StationCrypto
import StationKit

/// One look at the spool: what waits leaves, what came is taken. It may end anywhere, by a fault or by kill -9:
/// the next round finds out from the folders and the store how far it came.
package struct SpoolRound {
  let files: any SpoolFiles
  let ledger: any SpoolLedger
  /// Files that could not be taken just now, and the rounds that they are still left alone.
  var resting: [FileName: Rest] = [:]

  private var failure: (any Error)?

  /// How long a file is left alone: one round, then two, four, up to 64.
  struct Rest {
    var rounds = 1
    var left = 1
  }

  package static let fileLimit = 262_144
  private static let outgoingLimit = 64 << 20
  private static let outgoingAtOnce = 8
  private static let incomingAtOnce = 64
  static let namesAtOnce = 65_536

  package init(files: any SpoolFiles, ledger: any SpoolLedger) {
    self.files = files
    self.ledger = ledger
  }

  /// Whether there may be more to do at once.
  ///
  /// - Throws: `FileFault` or `RPCError`, with everything left as it is for the next round.
  package mutating func run() throws -> Bool {
    failure = nil
    let status = try ledger.call("status", [:])
    let outgoing = status["outgoing"]?.intValue ?? 0
    let retries = status["retries"]?.intValue ?? 0
    var isMore = false
    if outgoing + retries > 0 {
      let waiting = try ledger.call("waiting", ["limit": .int(Self.outgoingAtOnce)])
      var isMoving = false
      for message in waiting["messages"]?.arrayValue ?? [] {
        note(try fault { if try send(message) { isMoving = true } })
      }
      for file in waiting["retries"]?.arrayValue ?? [] {
        note(try fault { if try retry(file) { isMoving = true } })
      }
      isMore = isMoving && outgoing > Self.outgoingAtOnce
    } else {
      // Nothing is on its way: what lies there is of a message that was dropped.
      for name in try files.names(in: .work, limit: Self.namesAtOnce) { try files.remove(name, in: .work) }
    }
    let isMoreToReceive = try receiveAll()
    if let failure { throw failure }
    return isMore || isMoreToReceive
  }

  /// What is wrong with one file must not hold up the others: it is told of at the end.
  ///
  /// - Throws: what a moment later may be over, and holds for every file.
  private func fault(_ step: () throws -> Void) throws -> (any Error)? {
    do {
      try step()
      return nil
    } catch let error as RPCError where error.isPassing {
      throw error
    } catch {
      return error
    }
  }

  private mutating func note(_ fault: (any Error)?) { failure = failure ?? fault }

  // MARK: Out

  /// Takes one message on from wherever it is.
  ///
  /// - Returns: whether it got on.
  private func send(_ message: JSONValue) throws -> Bool {
    guard let id = message["id"]?.stringValue else { return false }
    var state = message["state"]?.stringValue
    var name = message["name"]?.stringValue.map { FileName($0) }
    var digest = message["digest"]?.stringValue
    if state == "waiting" {
      var params: JSONObject = ["id": .string(id)]
      if let text = message["text"]?.stringValue, let file = message["name"]?.stringValue {
        let bytes = Array(text.utf8)
        try files.write(bytes, to: FileName(file), isShared: true)
        digest = SHA256.hash(bytes).hex
        params["digest"] = digest.map(JSONValue.string)
        params["name"] = .string(file)
      }
      // From here on the file is complete, and its content will not be made again.
      state = try ledger.call("prepared", params)["state"]?.stringValue
      if state == "dropped", let name { try files.remove(name, in: .work) }
      if params["name"] == nil { name = nil }
    }
    guard state == "prepared", let name else { return state == "dropped" }
    try requirePrepared(name, digest)
    switch try files.move(name, from: .work, to: .out, as: name) {
    case .moved: break
    // Moved before: the connector may have taken it already.
    case .missing: break
    case .taken: try replaced(name)
    }
    return try ledger.call("sent", ["id": .string(id)])["state"]?.stringValue != "prepared"
  }

  /// What lies in `work` leaves only as it was prepared: a disk may have lost a part, or somebody put another there.
  private func requirePrepared(_ name: FileName, _ digest: String?) throws {
    // Where there is none, it has left before.
    guard let made = try files.read(name, in: .work, limit: Self.outgoingLimit) else { return }
    guard case .bytes(let bytes) = made.content, SHA256.hash(bytes).hex == digest else {
      throw FileFault("\(name.text ?? "") in work/ is not as it was made: it does not leave", code: 74)
    }
  }

  /// A file of the name is in `out` and in `work`: only a copy of the state that was put back makes that.
  private func replaced(_ name: FileName) throws {
    let made = try files.read(name, in: .work, limit: Self.outgoingLimit)
    let there = try files.read(name, in: .out, limit: Self.outgoingLimit)
    guard let made, let there, made.content == there.content else {
      throw FileFault("\(name.text ?? "") is in out/ with another content", code: 17)
    }
    try files.remove(name, in: .work)
  }

  // MARK: In

  private mutating func receiveAll() throws -> Bool {
    let names = try files.names(in: .incoming, limit: Self.namesAtOnce)
    let present = Set(names)
    resting = resting.filter { present.contains($0.key) }
    var taken = 0
    for name in names where !isResting(name) {
      if taken == Self.incomingAtOnce { return true }
      var isTaken = false
      let fault = try fault { isTaken = try receive(name) }
      note(fault)
      if isTaken { resting[name] = nil } else { rest(name) }
      taken += 1
    }
    return false
  }

  private mutating func isResting(_ name: FileName) -> Bool {
    guard let rest = resting[name], rest.left > 0 else { return false }
    resting[name]?.left -= 1
    return true
  }

  private mutating func rest(_ name: FileName) {
    let rounds = resting[name].map { min(64, $0.rounds * 2) } ?? 1
    resting[name] = Rest(rounds: rounds, left: rounds)
  }
}
