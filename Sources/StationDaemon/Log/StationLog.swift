import Logging
import StationSystemd
import Synchronization

/// Where the daemon's own log goes: to the journal with fields where the service manager listens, else to standard
/// error. Its level may be changed while the daemon runs.
package final class StationLog: Sendable {
  private let level = Mutex(Logger.Level.info)
  /// Nil where nobody listens.
  package let journal: JournalSocket?

  /// - Parameter journal: where records go; nil for standard error.
  package init(journal: JournalSocket?) { self.journal = journal }

  /// The log of this process, as its environment says.
  package static func ofThisProcess(variable: String?, errorIsTerminal: Bool) -> StationLog {
    let listens = !errorIsTerminal && JournalStream.receives(2, variable: variable)
    return StationLog(journal: listens ? JournalSocket() : nil)
  }

  package var logLevel: Logger.Level {
    get { level.withLock { $0 } }
    set { level.withLock { $0 = newValue } }
  }

  package func logger(_ label: String) -> Logger {
    Logger(label: label) { label in
      guard let journal = self.journal else {
        return LevelledHandler(owner: self, inner: StreamLogHandler.standardError(label: label))
      }
      return LevelledHandler(owner: self, inner: JournalLogHandler(label: label, journal: journal))
    }
  }
}

/// A handler whose level is the log's: one change reaches every copy of every logger.
private struct LevelledHandler: LogHandler {
  let owner: StationLog
  var inner: any LogHandler

  var logLevel: Logger.Level {
    get { owner.logLevel }
    // A logger of the daemon has no level of its own.
    set {}
  }
  var metadata: Logger.Metadata {
    get { inner.metadata }
    set { inner.metadata = newValue }
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { inner[metadataKey: key] }
    set { inner[metadataKey: key] = newValue }
  }

  func log(event: LogEvent) { inner.log(event: event) }
}
