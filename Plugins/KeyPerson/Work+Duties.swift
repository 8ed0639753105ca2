import StationKit

extension Work {
  struct LoadedDuty {
    let id: String
    let version: Int
    var duty: Duty
  }

  func loadDuty(_ id: String, pointer: String) throws -> LoadedDuty {
    let (stored, duty) = try tx.find("duty", id, pointer: pointer, as: Duty.init)
    return LoadedDuty(id: id, version: stored.version, duty: duty)
  }

  /// Puts the duty's next task there: the first occurrence from `number` on whose grace is not over, so that
  /// time in which nobody could have recorded anything is not held against the person. None after the end.
  func plan(_ id: String, _ duty: inout Duty, from number: Int, _ record: KeyRecord) throws {
    duty.task = nil
    var number = number
    // A follow-up has an end, and occurrences are at least a day apart.
    while let (due, provisional) = duty.due(number, terms, on: record.rulesOn), due < record.ends {
      let grace = duty.graceEnd(due)
      // Holidays can move two occurrences to one instant: that is owed once.
      let before = number > 0 ? duty.due(number - 1, terms, on: record.rulesOn)?.due : nil
      guard grace > now, before.map({ $0 < due }) ?? true else {
        number += 1
        continue
      }
      var task = DueTask(record: duty.record, unit: record.station, kind: duty.kind, due: due)
      task.duty = id
      task.number = number
      task.grace = grace
      task.isProvisional = provisional
      let stored = try tx.create("task", id: nil, task.body)
      try schedule(stored.id, task, grace)
      duty.task = stored.id
      break
    }
    // What was planned last is kept also where the end comes first: a renewal goes on from there.
    duty.number = number
  }

  private func schedule(_ id: String, _ task: DueTask, _ grace: Instant) throws {
    let awaiting = task.isProvisional ? context.calendar.version : nil
    try tx.schedule(
      Clockwork.grace, subject: id, due: grace, payload: Deadline.payload(provisionalUnder: awaiting))
  }

  /// The duty that a task is an occurrence of; nil for a task of no duty.
  private func duty(of task: DueTask) throws -> Duty? {
    try task.duty.flatMap { try tx.get("duty", $0) }.flatMap { Duty($0.body) }
  }

  /// From when on an occurrence can have been kept: since the one before it fell due, if that has been, and since the
  /// duty was entered.
  func earliest(of task: DueTask, _ record: KeyRecord) throws -> Instant {
    let start = record.from.start(in: zone)
    guard let duty = try duty(of: task) else { return start }
    let begun = duty.begun ?? start
    guard let number = task.number, number > 0,
      let before = duty.due(number - 1, terms, on: record.rulesOn)?.due, before <= now
    else { return begun }
    return max(begun, before)
  }

  /// After a task is over: the duty's next one.
  func planNext(after loaded: LoadedTask, _ record: KeyRecord) throws {
    guard let id = loaded.task.duty, let stored = try tx.get("duty", id), var duty = Duty(stored.body),
      duty.ended == nil, duty.task == loaded.id
    else { return }
    try plan(id, &duty, from: duty.number + 1, record)
    _ = try tx.put("duty", id, version: stored.version, duty.body)
  }

  /// After a renewal: duties that had run to the old end go on.
  func resumeDuties(of id: String, _ record: KeyRecord) throws {
    for stored in try all("duty", "by_record", [.text(id)]) {
      guard var duty = Duty(stored.body), duty.ended == nil, duty.task == nil else { continue }
      try plan(stored.id, &duty, from: duty.number, record)
      _ = try tx.put("duty", stored.id, version: stored.version, duty.body)
    }
  }

  /// What happens when a grace is over: missed, or, where the record was suspended then, not assessed.
  func endGrace(of id: String, late: Bool) throws {
    guard let stored = try tx.get("task", id), let task = DueTask(stored.body), task.state == .open,
      let keyRecord = try tx.get("record", task.record).flatMap({ KeyRecord($0.body) })
    else { return }
    try endGrace(LoadedTask(id: id, version: stored.version, task: task), keyRecord, late: late)
  }

  /// The same for all of a record, before time takes the record on: then it no longer tells how it stood.
  func endGraces(of id: String, _ record: KeyRecord) throws {
    for stored in try all("task", "by_record", [.text(id), .text(TaskState.open.rawValue)]) {
      guard let task = DueTask(stored.body), let grace = task.grace, grace <= now else { continue }
      try endGrace(
        LoadedTask(id: stored.id, version: stored.version, task: task), record, late: grace < now)
    }
  }

  private func endGrace(_ task: LoadedTask, _ keyRecord: KeyRecord, late: Bool) throws {
    var loaded = task
    if try moveOn(&loaded, keyRecord) { return }
    // As it stood when the grace was over: what has become of it since was not the person's doing.
    let state = keyRecord.state(at: loaded.task.grace ?? now)
    guard state.isLive else { return }
    loaded.task.state = try RecordLife.task.next(loaded.task.state, state == .suspended ? .skip : .miss)
    try save(loaded)
    if loaded.task.state == .missed {
      try announce(
        .dutyMissed, keyRecord,
        [
          "task": .string(loaded.id), "kind": .string(loaded.task.kind.rawValue),
          "due": loaded.task.due.text(zone),
          "late": .bool(late),
        ])
    }
    try planNext(after: loaded, keyRecord)
  }

  /// A due day that relied on a year without a calendar is computed again; it may move later, never earlier.
  ///
  /// - Returns: whether the grace is not over yet.
  private func moveOn(_ loaded: inout LoadedTask, _ record: KeyRecord) throws -> Bool {
    let former = loaded.task
    if former.isProvisional, let number = former.number,
      let duty = try duty(of: former),
      let fresh = duty.due(number, terms, on: record.rulesOn)
    {
      if fresh.due > former.due {
        loaded.task.due = fresh.due
        loaded.task.grace = duty.graceEnd(fresh.due)
      }
      loaded.task.isProvisional = fresh.provisional
    }
    guard let grace = loaded.task.grace else { return true }
    guard now < grace else { return false }
    if loaded.task != former {
      let stored = try tx.put("task", loaded.id, version: loaded.version, loaded.task.body)
      loaded = LoadedTask(id: loaded.id, version: stored.version, task: loaded.task)
    }
    try schedule(loaded.id, loaded.task, grace)
    return true
  }
}
