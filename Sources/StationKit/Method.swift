import StationJSON

/// One method of a module, declared as data, with its handler.
public struct Method: Sendable {
  /// Name without the module's prefix: `open` of module `support` is `support.open`.
  public let name: String
  public let summary: Text
  /// JSON Schema of the params object, without `meta`; `additionalProperties` must be false.
  @Packed public var params: JSONValue
  /// Names for positional params, in order; empty where only named params are taken.
  public let positional: [String]
  /// JSON Schema of the result. What is asked for in one line is a text here: see ``Shapes/line(max:)``.
  @Packed public var result: JSONValue
  public let permission: Permission
  /// Whether the result holds personal data: then `meta.purpose` and `meta.reason` are required,
  /// and the audit record is on disk before a byte is answered.
  public let disclosesPersonalData: Bool
  /// Whether what it answers changes rarely, rests on its params and its module's records alone, and is the same
  /// whoever asks and whenever. Inside a transaction the answer may then be one from before, until its module writes
  /// something; a module in a process of its own may rely on what it was told before, and the call is checked with the
  /// rest when that module's call is done.
  public let isSteady: Bool
  /// Whether it answers people and no module: one that declares a call to it is not registered. For what must not be
  /// matched with anything by a program.
  public let answersPeopleOnly: Bool
  public let examples: [Example]
  public let handler: Handler

  public init(
    _ name: String, _ summary: Text, params: JSONValue, positional: [String] = [], result: JSONValue,
    permission: Permission, disclosesPersonalData: Bool = false, isSteady: Bool = false,
    answersPeopleOnly: Bool = false, examples: [Example], handler: Handler
  ) {
    self.name = name
    self.summary = summary
    _params = Packed(params)
    self.positional = positional
    _result = Packed(Shapes.kept(result))
    self.permission = permission
    self.disclosesPersonalData = disclosesPersonalData
    self.isSteady = isSteady
    self.answersPeopleOnly = answersPeopleOnly
    self.examples = examples
    self.handler = handler
  }
}

/// Who may call a method.
public enum Permission: String, Sendable {
  /// Whoever has a role with a pattern that matches the method's full name.
  case role
  /// Every connected peer.
  case everyone
  /// Other modules inside a transaction; never a client.
  case modules
}

/// A call that works, for docs, discovery and tests.
public struct Example: Sendable {
  public let name: String
  public let params: JSONValue
  public let result: JSONValue
  /// Why it is called, where the method discloses personal data; nil for `handling`.
  public let purpose: String?

  public init(_ name: String, params: JSONValue, result: JSONValue, purpose: String? = nil) {
    self.name = name
    self.params = params
    self.result = result
    self.purpose = purpose
  }
}

/// What runs when a method is called.
///
/// A handler is synchronous: it never awaits, sees no SQL and cannot reach the network, so that no
/// transaction is ever held open over anything slow.
public struct Handler: Sendable {
  package enum Body: Sendable {
    case read(@Sendable (Params, CallContext, any ReadTransaction) throws -> JSONValue)
    case write(@Sendable (Params, CallContext, any Transaction) throws -> JSONValue)
    /// The daemon's own: answered on the connection's thread, without the store.
    case inline(@Sendable (Params, CallContext) throws -> JSONValue)
    /// The daemon's own: the same for whoever asks, and kept as the text that is answered.
    case text(@Sendable () -> [UInt8])
    /// The daemon's own: bound to the connection that calls (subscriptions, cancellation).
    case connection(String)
    /// The daemon's own administrative acts: answered later, always with an audit record.
    case deferred(
      @Sendable (Params, CallContext, @escaping @Sendable (Result<JSONValue, RPCError>) -> Void)
        -> Void)
    /// In a process of its own. `local` is the same handler in this process, where there is one: what other
    /// modules call inside their transactions.
    indirect case remote(any RemoteModule, writes: Bool, local: Body?)

    /// What runs inside a transaction of this process.
    package var local: Body? { if case .remote(_, _, let local) = self { local } else { self } }
  }

  package let body: Body
  /// Whether it is an administrative act of the daemon itself, which no socket for members takes.
  package let administers: Bool

  /// - Parameter administers: nil for what the body says: a deferred one does.
  package init(body: Body, administers: Bool? = nil) {
    self.body = body
    let isDeferred = if case .deferred = body { true } else { false }
    self.administers = administers ?? isDeferred
  }

  public static func read(
    _ run: @escaping @Sendable (Params, CallContext, any ReadTransaction) throws -> JSONValue
  ) -> Handler { Handler(body: .read(run)) }

  public static func write(
    _ run: @escaping @Sendable (Params, CallContext, any Transaction) throws -> JSONValue
  ) -> Handler { Handler(body: .write(run)) }

  package static func inline(
    _ run: @escaping @Sendable (Params, CallContext) throws -> JSONValue
  ) -> Handler { Handler(body: .inline(run)) }

  /// Whether it changes the store.
  public var writes: Bool {
    switch body {
    case .write: true
    case .remote(_, let writes, _): writes
    default: false
    }
  }
}
