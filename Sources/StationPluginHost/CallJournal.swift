import StationKit
import StationPluginWire

/// What the host itself remembers of one run of a handler: what it was told, and what it was promised.
///
/// A value; the plugin's word is not taken for any of it.
package struct CallJournal: Sendable {
  struct Read: Sendable {
    /// How many operations had been decided on when it was read.
    let position: Int
    let request: ReadRequest
    let answer: Result<JSONValue, RPCError>
  }

  /// What a method of another module told.
  package struct Told: Sendable, Equatable {
    let method: String
    let params: JSONObject
    let result: JSONValue
  }

  private(set) var reads: [Read] = []
  private(set) var numbers: [(series: String, value: Int, generation: Int)] = []
  /// Place of the number that was not asked for.
  private var foretold: Int?
  /// Rows that it was told of: as many are looked at again when what was read is repeated.
  package private(set) var rows = 0
  private(set) var rehearsed: [Told] = []
  /// The longest list of operations that a read came with: what it was told holds only with these.
  private var decided: [Operation] = []
  /// Ids that rehearsed calls made for their new records, in order.
  var ids: [String] = []
  /// What it read has changed before it was done: it will be run again whatever it answers.
  var isDoomed = false

  package init() {}

  package mutating func note(_ request: ReadRequest, at position: Int, _ answer: Result<JSONValue, RPCError>)
  {
    reads.append(Read(position: position, request: request, answer: answer))
    rows += (try? answer.get()).map(request.rows) ?? 0
  }

  /// A read was answered as if these had been done.
  package mutating func note(decided operations: [Operation]) {
    if operations.count > decided.count { decided = operations }
  }

  /// What a handler relied on as an earlier call was told it: to be found so before anything is done.
  package mutating func note(kept: [Told]) {
    let kept = kept.map { told in
      Read(
        position: 0, request: .call(method: told.method, params: told.params), answer: .success(told.result))
    }
    reads.insert(contentsOf: kept, at: 0)
  }

  package mutating func note(rehearsed method: String, _ params: JSONObject, _ result: JSONValue) {
    rehearsed.append(Told(method: method, params: params, result: result))
  }

  package mutating func note(number value: Int, of series: String, generation: Int) {
    // Those before have been taken back. What was made with them is wrong, and so may be its refusal: the handler
    // may have met its own records under the same number.
    if let last = numbers.last(where: { $0.series == series }), value != last.value + 1 { isDoomed = true }
    numbers.append((series, value, generation))
  }

  /// A number that was not asked for: it may be left.
  package mutating func note(foretold value: Int, of series: String, generation: Int) {
    note(number: value, of: series, generation: generation)
    foretold = numbers.count - 1
  }

  /// Whether the operations take every number that was given to the call.
  package func takesAll(_ operations: [Operation]) -> Bool {
    operations.count { if case .number = $0 { true } else { false } } == numbers.count
  }

  /// Why these operations are not what the host promised; nil if they are.
  ///
  /// - Parameter isAnswer: whether they are all, and not those so far.
  package func contradiction(in operations: [Operation], isAnswer: Bool = false) -> String? {
    guard !isAnswer || operations.count >= decided.count else {
      return "fewer operations than an earlier read came with"
    }
    let common = min(operations.count, decided.count)
    guard operations[..<common] == decided[..<common] else {
      return "other operations than those that an earlier read came with"
    }
    var given = Dictionary(grouping: numbers.indices) { numbers[$0].series }.mapValues { $0[...] }
    var rehearsed = rehearsed[...]
    for operation in operations {
      switch operation {
      case .number(let series, let value):
        // In their order: the store gives no second one without the first. One that was not asked for may be left.
        var left = given[series] ?? []
        if let first = left.first, first == foretold, numbers[first].value != value { left.removeFirst() }
        guard let first = left.popFirst(), numbers[first].value == value else {
          return "a number of '\(series)' that the host did not give, or not in its turn"
        }
        given[series] = left
      case .call(let method, let params, let result):
        let told = Told(method: method, params: params, result: result)
        guard let place = rehearsed.firstIndex(of: told) else {
          return "a call to '\(method)' with a result that the host did not give"
        }
        rehearsed = rehearsed[(place + 1)...]
      default: break
      }
    }
    return nil
  }

  /// Repeats the reads and performs the operations between them, in the order in which they were.
  ///
  /// - Throws: ``StaleReads`` at the first read that gives something else.
  package func replay(
    _ operations: [Operation], on transaction: any ReadTransaction, rows: Int,
    seen: (_ method: String, _ result: JSONValue) -> JSONValue
  ) throws {
    var pending = reads[...]
    for position in 0...operations.count {
      let isLast = position == operations.count
      while let read = pending.first, read.position <= position || isLast {
        pending.removeFirst()
        try verify(read, on: transaction, rows: rows, seen: seen)
      }
      guard !isLast else { break }
      guard let transaction = transaction as? any Transaction else {
        throw RPCError(.internalError)
      }
      try operations[position].perform(on: transaction, seen: seen)
    }
  }

  /// Only what was read before anything was decided: for a call that is refused.
  package func verifyFirstReads(
    on transaction: any ReadTransaction, rows: Int, seen: (_ method: String, _ result: JSONValue) -> JSONValue
  ) throws {
    for read in reads where read.position == 0 {
      try verify(read, on: transaction, rows: rows, seen: seen)
    }
  }

  private func verify(
    _ read: Read, on transaction: any ReadTransaction, rows: Int,
    seen: (_ method: String, _ result: JSONValue) -> JSONValue
  ) throws {
    let now: Result<JSONValue, RPCError>
    do {
      now = .success(try read.request.answer(on: transaction, rows: rows, seen: seen))
    } catch let error as RPCError {
      now = .failure(error)
    }
    switch (now, read.answer) {
    case (.success(let now), .success(let then)) where now == then: break
    case (.failure(let now), .failure(let then)) where now == then: break
    default: throw StaleReads()
    }
  }
}

extension ReadRequest {
  /// So many rows are counted in the time in which one is told.
  private static let countedRows = 20

  /// How many rows this answer to it tells of, for bounds.
  package func rows(in answer: JSONValue) -> Int {
    switch self {
    case .get, .call, .erase: 1
    case .query: 1 + (answer["records"]?.arrayValue?.count ?? 0)
    case .scan: 1 + (answer.arrayValue?.count ?? 0)
    case .count: 1 + (answer.intValue ?? 0) / Self.countedRows
    }
  }

  /// What the plugin is told: of other modules' results, the parts that it may see.
  package func answer(
    on transaction: any ReadTransaction, rows: Int, seen: (_ method: String, _ result: JSONValue) -> JSONValue
  ) throws -> JSONValue {
    let value = try run(on: transaction, rows: rows)
    guard case .call(let method, _) = self else { return value }
    return seen(method, value)
  }
}
