import StationKit

extension Store {
  /// Has terms computed again that relied on a year without a calendar, and on another calendar than the present one:
  /// their deadlines come due.
  package func wakeProvisional() {
    write(
      WriteJob(
        cause: .unrecorded,
        work: .upkeep { [environment] upkeep in
          let now = environment.clock.now()
          try DeadlineTable.wake(calendar: environment.calendar.version, now: now, on: upkeep.db)
          upkeep.state.deadlineSet(now.milliseconds)
          return []
        },
        done: { [report] answer in
          guard case .failure(let error) = answer else { return }
          report(
            "provisional terms are not computed again before the next start or reload: \(error.kind.rawValue)"
          )
        }))
  }
}
