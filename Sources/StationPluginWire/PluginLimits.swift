/// Every bound on one plugin, by name. `stationd.yaml` sets those that have a key.
package struct PluginLimits: Sendable, Equatable {
  /// Bytes of one message, the line feed excluded.
  package var frameBytes = 4 << 20
  /// Nesting of arrays and objects.
  package var depth = 64
  /// Calls that the plugin has at once; more wait.
  package var inFlight = 64
  /// Calls that may wait for a place; more are answered `queue_full`.
  package var waiting = 1_024
  /// Requests of the plugin's own that may be open; more are a flood, and end it.
  package var requests = 256
  /// Reads that the store does for it at once; more wait, so that other modules' reads find their turn.
  package var readsAtOnce = 4
  /// Bytes that may wait for a plugin that does not read.
  package var outboundBytes = 16 << 20
  /// From its start until it has told its manifest, been given its configuration, and said that it is ready.
  package var startMs = 30_000
  /// From a call to its answer.
  package var callMs = 10_000
  /// From a cancellation to the answer that a plugin still owes; after it, it hangs and is ended.
  package var graceMs = 2_000
  /// From telling an event to its answer: calls that were asked before may have their time, then the event as long.
  package var eventMs: Int { 2 * callMs + graceMs }
  /// From the order to drain until it has exited.
  package var drainMs = 10_000
  /// From closing its descriptor to its exit.
  package var exitMs = 100
  /// Operations in one answer.
  package var operations = 10_000
  /// Reads in one call.
  package var reads = 10_000
  /// Answers of earlier calls that one call relies on.
  package static let kept = 100
  /// Rows of one scan, and of all reads of a call that reads.
  package var scanRows = 1_000_000
  /// Rows of all reads of a call that writes: they are read again on the writer's thread.
  package var verifiedRows = 50_000
  /// Rehearsals take one part in so many of the writer's time, once they have taken ``rehearsalBurstMs``.
  package var rehearsalShare = 3
  package var rehearsalBurstMs = 20
  /// Small offences (a token that is not its own, an undeclared name) within ``offenceWindowMs``.
  package var offences = 20
  package var offenceWindowMs = 60_000
  /// Bytes of one line of its output that are logged.
  package var logLineBytes = 2_000
  /// Bytes of its output that are read a second: what it prints beyond waits in its pipe.
  package var outputBytesPerSecond = 256 << 10
  /// Lines of its output that are logged a second; the rest is counted.
  package var logLinesPerSecond = 100
  /// Lines kept for `plugin.logs`.
  package var logLinesKept = 500
  /// Address space.
  package var memoryMiB = 1_024
  /// Open files.
  package var descriptors = 64
  /// Size of a file that it writes.
  package var fileMiB = 1_024
  /// Processes and threads of its user; 0: it can start none.
  package var processes = 0
  /// Seconds of processor time in a minute, all its threads and processes together.
  package var cpuSecondsPerMinute = 60
  /// Added to its niceness: the daemon comes first.
  package var nice = 5
  /// Failures within ``restartWindowMs`` after which it is not started again by itself.
  package var restarts = 5
  package var restartWindowMs = 600_000
  /// Before the first restart; doubled at each further one.
  package var firstBackOffMs = 250
  package var longestBackOffMs = 60_000

  package init() {}
}
