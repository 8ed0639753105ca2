/// What the program tells the shell.
package enum ExitCode: Int32, Sendable {
  case ok = 0
  /// The daemon answered an error, or a log does not verify.
  case error = 1
  /// The daemon cannot be talked to, a log not be examined, or what they say not be written out.
  case unreachable = 2
  /// The words on the command line make no call.
  case usage = 3
  case denied = 4
  case timedOut = 5
  /// The daemon is there, but cannot do it now.
  case unavailable = 6

  /// The code for a call that has no result.
  package init(_ error: ClientError) {
    switch error {
    case .unreachable, .pathTooLong, .closed, .protocolError: self = .unreachable
    case .timedOut: self = .timedOut
    case .interrupted: self = .ok
    case .rpc(let error):
      switch error.kind {
      case "denied": self = .denied
      case "deadline_passed": self = .timedOut
      case "unavailable", "storage_full", "queue_full": self = .unavailable
      default: self = .error
      }
    }
  }

  /// The exit code of a monitoring plugin, whose numbers mean something else than this program's.
  package init(_ state: HealthLine.State) {
    switch state {
    case .ok: self = .ok
    case .warning: self = .error
    case .critical: self = .unreachable
    }
  }
}
