import StationJSON

/// Everything a module may do, as one value. Whatever is not declared here is refused.
public struct Module: Sendable {
  /// Prefix of its methods, collections, deadlines and events.
  public let name: String
  public let title: Text
  public let version: String
  /// What codes are in Chinese: names of members and params, and words of enumerations. `outer.code` goes before `code`
  /// in the member or method `outer`. ``SharedWords`` holds those that many modules use.
  public let words: [String: String]
  public let collections: [Collection]
  public let methods: [Method]
  public let deadlines: [DeadlineKind]
  public let events: [EventKind]
  /// Full names of other modules' methods that it may call inside its transactions.
  public let calls: [String]
  /// Rules that its errors name, with their source; shown in the reference docs.
  public let rules: [Rule]
  /// The life cycles of its records; drawn in the reference docs.
  public let lifeCycles: [DeclaredLifeCycle]
  /// The units that its data file names, which the directory has to have.
  package var units: [String] = []

  public init(
    name: String, title: Text, version: String, words: [String: String] = [:],
    collections: [Collection] = [],
    methods: [Method], deadlines: [DeadlineKind] = [], events: [EventKind] = [],
    calls: [String] = [], rules: [Rule] = [], lifeCycles: [DeclaredLifeCycle] = []
  ) {
    self.name = name
    self.title = title
    self.version = version
    self.words = words
    self.collections = collections
    self.methods = methods
    self.deadlines = deadlines
    self.events = events
    self.calls = calls
    self.rules = rules
    self.lifeCycles = lifeCycles
  }
}

/// A kind of durable deadline and what happens when one comes due.
public struct DeadlineKind: Sendable {
  public let name: String
  public let summary: Text
  /// Runs once, in a transaction of its own, at the due instant or, marked late, after it.
  public let fire: @Sendable (Deadline, CallContext, any Transaction) throws -> Void
  /// Where it runs instead, if that is a process of its own.
  package let remote: (any RemoteModule)?

  public init(
    _ name: String, _ summary: Text,
    fire: @escaping @Sendable (Deadline, CallContext, any Transaction) throws -> Void
  ) {
    self.name = name
    self.summary = summary
    self.fire = fire
    remote = nil
  }

  package init(_ name: String, _ summary: Text, remote: any RemoteModule) {
    self.name = name
    self.summary = summary
    self.remote = remote
    fire = { _, _, _ in throw RPCError(.unavailable) }
  }
}

/// A kind of event. Its payload holds ids, codes and times; never personal data.
public struct EventKind: Sendable {
  public let name: String
  public let summary: Text
  /// JSON Schema of the payload.
  @Packed public var payload: JSONValue

  public init(_ name: String, _ summary: Text, payload: JSONValue) {
    self.name = name
    self.summary = summary
    _payload = Packed(Shapes.kept(payload))
  }
}

/// A domain rule with where it comes from.
public struct Rule: Sendable, Hashable {
  public let id: String
  public let version: String
  /// First day it holds, `YYYY-MM-DD`.
  public let effective: String
  public let source: String
  public let summary: Text

  public init(id: String, version: String, effective: String, source: String, summary: Text) {
    self.id = id
    self.version = version
    self.effective = effective
    self.source = source
    self.summary = summary
  }
}
