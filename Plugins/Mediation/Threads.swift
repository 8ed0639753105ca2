import StationKit

/// Disputes of the same parties over the same matter are one thread, also where that comes to light later.
enum Threads {
  /// Looks again for the disputes of the same parties, now that more is known of somebody: those of the same
  /// matter become one thread with this one, that of the oldest.
  ///
  /// None of them changes its owner: who has one is told of the others, in `similar`.
  static func match(_ step: inout Step) throws {
    let people = try People.all(step.id, step.tx)
    let parties = step.dispute.parties.compactMap { people[$0.id] }
    let others = try Matching(tx: step.tx).earlier(
      parties, step.dispute.kind, step.dispute.matter.stringValue ?? ""
    ).filter { $0.record.id != step.id }
    guard !others.isEmpty else { return }
    step.extra["similar"] = .array(others.prefix(Bounds.similar).map { .string($0.record.id) })
    let same = others.filter(\.isSameMatter)
    step.alsoTo += same.filter(\.dispute.state.isOpen).map(\.dispute.owner)
    let mine = (opened: step.dispute.opened, id: step.id, thread: step.dispute.thread)
    let all = same.map { (opened: $0.dispute.opened, id: $0.record.id, thread: $0.dispute.thread) } + [mine]
    guard let thread = all.min(by: { ($0.opened, $0.id) < ($1.opened, $1.id) })?.thread else { return }
    let joining = Set(all.map(\.thread)).subtracting([thread])
    guard !joining.isEmpty else { return }
    for former in joining.sorted() { try move(former, to: thread, except: step.id, step.tx) }
    step.dispute.thread = thread
    // What failed and was called about is counted together from now on.
    step.opensDoor = true
  }

  /// - Parameter id: the dispute of the step, which is written with it.
  private static func move(
    _ former: String, to thread: String, except id: String, _ tx: any Transaction
  ) throws {
    for collection in ["dispute", "call"] {
      let all = try tx.all(
        Query(collection, index: "by_thread", equals: [.text(former)], limit: Bounds.limitAtMost))
      for record in all where record.id != id {
        var body = record.body
        body["thread"] = .string(thread)
        // The first call of the thread is the other's.
        if collection == "call" { body["first"] = 0 }
        _ = try tx.put(collection, record.id, version: record.version, body)
      }
    }
  }
}
