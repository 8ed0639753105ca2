import Logging
import StationSystemd

/// Sends the daemon's log to the journal, metadata as fields.
struct JournalLogHandler: LogHandler {
  let label: String
  let journal: JournalSocket
  var logLevel = Logger.Level.trace
  var metadata: Logger.Metadata = [:]

  init(label: String, journal: JournalSocket) {
    self.label = label
    self.journal = journal
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
    // The message alone must say it all: most look at the journal without its fields.
    let details = fields.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    var record = JournalRecord(
      details.isEmpty ? "\(event.message)" : "\(event.message): \(details)", Self.priority(event.level))
    record.add("SYSLOG_IDENTIFIER", label)
    for (name, value) in fields { record.add(name, "\(value)") }
    // Where the journal does not take it there is nowhere to say so.
    _ = journal.send(record)
  }

  private static func priority(_ level: Logger.Level) -> JournalRecord.Priority {
    switch level {
    case .trace, .debug: .debug
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    case .critical: .critical
    }
  }
}
