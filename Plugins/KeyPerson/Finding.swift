import StationKit

/// Finds the one record that a read names exactly: by its id, by a task, or by the person's ID number together
/// with the category. There is no other way.
struct Finding {
  /// What is hidden from whom.
  enum Reader { case officer, subject }

  let work: Work
  let params: Params
  let reader: Reader

  /// - Throws: `invalid_params` unless exactly one way is named; `not_found`, also where what is there is hidden
  ///   or belongs to others and the ID number alone was given, so that guessing tells nothing.
  func run() throws -> (loaded: Work.Loaded, task: TaskKind?) {
    let task = try params["task"].map { _ in try work.loadTask(try params.string("task")) }
    let isByNumber = params["id_number"] != nil
    guard isByNumber == (params["category"] != nil), isByNumber || params["instrument"] == nil else {
      throw RPCError.invalid(
        Text(
          "An ID number goes with a category, and only those with an instrument",
          zh: "公民身份号码须与类别同时提供；文书编号仅可与公民身份号码一并提供"),
        pointer: isByNumber ? "/category" : "/id_number")
    }
    let id = params["id"]?.stringValue
    let named = [id != nil, isByNumber].filter { $0 }.count
    guard named == 1 || named == 0 && task != nil else {
      throw RPCError.invalid(
        Text("One of id, id_number and task names the record", zh: "须以编号、公民身份号码或待办之一指明记录"),
        pointer: "/id")
    }
    let loaded =
      if isByNumber {
        try byNumber()
      } else {
        try work.load(id ?? task?.task.record ?? "", pointer: id == nil ? "/task" : "/id")
      }
    let kind = try task.map { try link($0, loaded) }
    try requireVisible(loaded.record, kind)
    return (loaded, kind)
  }

  private func byNumber() throws -> Work.Loaded {
    try Screen.checkIDNumber(params["id_number"], "/id_number")
    let number = try params.string("id_number")
    let category = try params.word(Category.self, "category")
    let instrument = params["instrument"]?.folded
    var found: [String] = []
    for stored in try work.all("record", "by_id_number", [.text(number)]) {
      guard let record = KeyRecord(stored.body), record.category == category,
        work.context.principal.mayReach(record.station, record.owner),
        isVisible(record.state(at: work.now)),
        instrument == nil || instrument == record.personal["instrument"]?["number"]?.folded
      else { continue }
      found.append(stored.id)
    }
    guard found.count < 2 else {
      throw RPCError.refused(
        rule: RuleID.readLookup,
        Text("More than one instrument: name its number", zh: "存在多份文书，请指明文书编号"), pointer: "/instrument")
    }
    guard let id = found.first else {
      throw RPCError(
        .notFound, Text("No such record that you may read", zh: "没有可查阅的记录"), pointer: "/id_number")
    }
    return try work.load(id, pointer: "/id_number")
  }

  /// A read belongs to a task only if the task is this record's, and to be done about now: open, or missed and
  /// neither recorded nor excused since.
  private func link(_ task: Work.LoadedTask, _ loaded: Work.Loaded) throws -> TaskKind {
    let present = try work.loadTask(task.id).task
    let days = try work.rules.int(RuleID.tasks, "days", on: work.today)
    guard present.record == loaded.id, present.isNow(work.now, days: days) else {
      throw RPCError.refused(
        rule: RuleID.readTask,
        Text("The task is another record's, or is not to be done now", zh: "该待办不属于此记录或不在办理期内"),
        pointer: "/task")
    }
    return present.kind
  }

  private func isVisible(_ state: State) -> Bool {
    switch state {
    case .proposed, .instrumentVerified, .active, .reviewDue, .renewed: true
    // The person concerned may always know what is kept.
    case .suspended, .delisted: reader == .subject
    case .erased: false
    }
  }

  private func requireVisible(_ record: KeyRecord, _ task: TaskKind?) throws(RPCError) {
    if isVisible(record.state) { return }
    if record.state == .suspended {
      // The review itself is an officer's only read of a record whose review was missed.
      if task == .review { return }
      throw .refused(
        rule: RuleID.review,
        Text("The review was missed: the record is hidden until it is made", zh: "逾期未复核，完成复核前记录隐藏"),
        pointer: "/id")
    }
    throw .refused(
      rule: RuleID.ended, Text("The follow-up is over: the record cannot be read", zh: "关注已解除，记录不可查阅"),
      pointer: "/id")
  }
}
