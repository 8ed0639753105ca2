import StationKit
import StationPluginWire

/// One process of a plugin as the runner keeps it: what it was asked, what it is at.
struct PluginSession: Sendable {
  enum Phase: Sendable {
    case askedManifest, askedStart, waitingForReady, adopting, serving, draining
    /// It is to be killed, or has been.
    case ending
  }

  /// What a good manifest makes of it. An object, because it is taken out of the session at every answer and read.
  final class Loaded: Sendable {
    let manifest: PluginManifest
    let module: Module
    let check: OperationCheck
    let sights: PluginSights
    /// Methods whose answers it may keep from one call to the next.
    let keptCalls: Set<String>

    init(
      manifest: PluginManifest, module: Module, check: OperationCheck, sights: PluginSights,
      keptCalls: Set<String>
    ) {
      self.manifest = manifest
      self.module = module
      self.check = check
      self.sights = sights
      self.keptCalls = keptCalls
    }
  }

  let number: Int
  let process: PluginProcess
  let startedAt: Int64
  let settings: PluginSettings
  /// Of its program, in hexadecimal; nil until it is started.
  var digest: String?
  var phase = Phase.askedManifest
  var conversation: PluginConversation
  /// nil until it has told its manifest.
  var loaded: Loaded?
  /// Calls under way, by the id of their request.
  var calls: [Int: CallRecord] = [:]
  /// Calls that nobody waits for, and until when their answers are.
  var owed: [Int: Int64] = [:]
  /// When it answered last.
  var answeredAt: Int64 = 0
  /// Reads that wait for a place.
  var reads: [@Sendable () -> Void] = []
  var readsUnderWay = 0
  var offences: [Int64] = []
  var drainBy: Int64?
  /// When it closed its descriptor.
  var closedAt: Int64?
  var reason = ""
  /// Processor time at the last look, in seconds, and when that was.
  var cpu: (seconds: Double, at: Int64) = (0, 0)

  init(_ number: Int, _ process: PluginProcess, _ settings: PluginSettings, now: Int64) {
    self.number = number
    self.process = process
    self.settings = settings
    startedAt = now
    cpu.at = now
    conversation = PluginConversation(limits: settings.limits)
  }

  /// Calls that it has, given up or not.
  var inFlight: Int { calls.count + owed.count }

  /// One read is over: the next that waits for its place, which has it now.
  mutating func readEnded() -> (@Sendable () -> Void)? {
    guard !reads.isEmpty else {
      readsUnderWay -= 1
      return nil
    }
    return reads.removeFirst()
  }

  var isStarting: Bool {
    switch phase {
    case .askedManifest, .askedStart, .waitingForReady, .adopting: true
    default: false
    }
  }
}

/// One run of a handler, from the dispatcher's call to its answer.
struct CallRecord: Sendable {
  /// Of the runner, for the whole of the plugin's life.
  let number: Int
  let call: RemoteCall
  let done: @Sendable (Result<Prepared, RPCError>) -> Void
  var expiry: Int64
  var journal = CallJournal()
  /// The store's state before the first read, if it was quiet then.
  var quietState: UInt64?
  var hasRead = false
  /// Whether its first number was given before it asked.
  var isForetold = false
  /// Requests of its own that wait for a number.
  var waitingNumbers: [(series: String, request: JSONValue)] = []

  /// Whether it changes nothing.
  var isRead: Bool { if case .read = call.work { true } else { false } }
}
