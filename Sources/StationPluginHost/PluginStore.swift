import StationKit

/// What the host of plugins needs of the daemon: its store, its set of modules, its audit log.
///
/// Every closure is called once, on any thread.
package protocol PluginStore: Sendable {
  /// Names a state of the store in which no commit is under way; nil while one is. Two equal ones: nothing has
  /// changed between them.
  var quietState: UInt64? { get }

  /// Reads on a snapshot, as a module.
  func read(
    as module: String, _ context: CallContext,
    _ body: @escaping @Sendable (any ReadTransaction) throws -> JSONValue,
    done: @escaping @Sendable (Result<JSONValue, RPCError>) -> Void)

  /// Runs in a transaction as a module, and undoes it. `ids` are given to the first new records without an id;
  /// what comes back with the answer are all ids that were given out.
  func rehearse(
    as module: String, _ context: CallContext, ids: [String],
    _ body: @escaping @Sendable (any Transaction) throws -> JSONValue,
    done: @escaping @Sendable (Result<(value: JSONValue, ids: [String]), RPCError>) -> Void)

  /// Whether a method of some module changes the store.
  func writes(_ method: String) -> Bool

  /// Whether what a method told one call may be kept for those that come.
  func isSteady(_ method: String) -> Bool

  /// What of a method's result is personal; nil where nothing is.
  func mask(of method: String) -> ResultMask?

  /// The ids that a rehearsal gave out are given out again.
  func useAgain(_ ids: [String], in transaction: any ReadTransaction)

  /// The number of a series that was given out last; 0 for none.
  func lastNumber(
    of series: String, module: String, done: @escaping @Sendable (Result<Int, RPCError>) -> Void)

  /// Whether the module could be registered; its compiled form.
  func compiled(_ module: Module) throws -> CompiledModule

  /// Makes a module count, after its new collections are there.
  func adopt(_ module: Module, done: @escaping @Sendable (Result<Void, RPCError>) -> Void)

  /// Events after a number, oldest first.
  func events(after seq: Int, limit: Int, _ deliver: @escaping @Sendable ([PluginEvent]) -> Void)
  func newestEvent() -> Int

  /// Writes an audit record of a change of a plugin's state.
  func record(plugin: String, state: PluginState, details: JSONObject)

  /// A line for the daemon's log.
  func log(plugin: String, level: String, _ text: String)
}

/// An event as it is told to a plugin.
package struct PluginEvent: Sendable {
  package let seq: Int
  package let at: Instant
  package let kind: String
  package let payload: JSONValue

  package init(seq: Int, at: Instant, kind: String, payload: JSONValue) {
    self.seq = seq
    self.at = at
    self.kind = kind
    self.payload = payload
  }
}
