import StationKit

extension Work {
  struct LoadedTask {
    let id: String
    let version: Int
    var task: DueTask
  }

  /// - Throws: `not_found`.
  func loadTask(_ id: String) throws -> LoadedTask {
    let (stored, task) = try tx.find("task", id, pointer: "/task", as: DueTask.init)
    return LoadedTask(id: id, version: stored.version, task: task)
  }

  func save(_ loaded: LoadedTask) throws {
    _ = try tx.put("task", loaded.id, version: loaded.version, loaded.task.body)
    if loaded.task.state != .open, loaded.task.grace != nil {
      try tx.cancel(Clockwork.grace, subject: loaded.id)
    }
  }

  /// Adds a task without grace.
  func addTask(_ kind: TaskKind, of id: String, _ record: KeyRecord, due: Instant) throws -> String {
    try tx.create(
      "task", id: nil, DueTask(record: id, unit: record.station, kind: kind, due: due).body
    ).id
  }

  func moveTask(_ id: String, due: Instant) throws {
    guard let stored = try tx.get("task", id), var task = DueTask(stored.body), task.due != due else {
      return
    }
    task.due = due
    _ = try tx.put("task", id, version: stored.version, task.body)
  }

  /// Ends a task that is open; nil and what has ended stay as they are.
  func closeTask(_ id: String?, _ action: TaskAction) throws {
    guard let id, let stored = try tx.get("task", id), var task = DueTask(stored.body), task.state == .open
    else { return }
    task.state = try RecordLife.task.next(task.state, action)
    if task.kind == .approve, action == .drop { try FourEyes.withdraw(id, tx) }
    if action == .record {
      task.at = now
      task.by = context.principal.person
      task.inTime = now < task.due
    }
    try save(LoadedTask(id: id, version: stored.version, task: task))
  }

  /// Drops every open task of a record; `only` keeps it to those of one duty.
  func dropTasks(of id: String, only duty: String? = nil) throws {
    for stored in try all("task", "by_record", [.text(id), .text(TaskState.open.rawValue)]) {
      guard var task = DueTask(stored.body), duty == nil || task.duty == duty else { continue }
      task.state = try RecordLife.task.next(task.state, .drop)
      try save(LoadedTask(id: stored.id, version: stored.version, task: task))
      if task.kind == .approve { try FourEyes.withdraw(stored.id, tx) }
    }
  }

  /// All records of an index.
  func all(_ collection: String, _ index: String, _ equals: [IndexValue]) throws -> [Record] {
    try tx.all(Query(collection, index: index, equals: equals, limit: 500))
  }
}
