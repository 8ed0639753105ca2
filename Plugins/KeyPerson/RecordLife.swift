import StationKit

/// The life cycles of the module: each is one table.
package enum RecordLife {
  private static let before = State.allCases.filter(\.isBeforeEntry)
  private static let open: [State] = [.active, .renewed, .reviewDue]
  private static let live: [State] = open + [.suspended]

  /// A record's life. There is no step that leads out of `delisted` but erasure.
  package static let table = LifeCycle<State, Action>(
    initial: .proposed,
    [
      (before, .verifyInstrument, .state(.instrumentVerified)),
      ([.instrumentVerified], .activate, .state(.active)),
      (open, .dutyAdd, .same),
      (open, .dutyRecord, .same),
      (open, .dutyExcuse, .same),
      (open, .dutyEnd, .same),
      (open, .visitAgree, .same),
      (open, .visitRecord, .same),
      // Who takes an agreement back need not wait for a review.
      (live, .visitWithdraw, .same),
      ([.active, .renewed], .reviewOpens, .state(.reviewDue)),
      ([.reviewDue, .suspended], .review, .former),
      ([.reviewDue], .reviewMissed, .state(.suspended)),
      ([.reviewDue], .renewRequest, .same),
      ([.reviewDue], .renew, .state(.renewed)),
      (open, .contactLost, .same),
      // Who is found is found, also while the review is overdue.
      (live, .contactFound, .same),
      (before + live + [.delisted], .correct, .same),
      (before + live, .delist, .state(.delisted)),
      (live, .expire, .state(.delisted)),
      (before, .lapse, .state(.delisted)),
      ([.delisted], .erase, .state(.erased)),
    ])

  /// A task's life. What came due may still be put right afterwards.
  package static let task = LifeCycle<TaskState, TaskAction>(
    initial: .open,
    [
      ([.open, .missed, .unassessed], .record, .state(.done)),
      ([.open, .missed, .unassessed], .excuse, .state(.excused)),
      ([.open], .miss, .state(.missed)),
      ([.open], .skip, .state(.unassessed)),
      ([.open], .drop, .state(.void)),
    ])

  /// Being out of contact.
  package static let contact = LifeCycle<ContactState, ContactAction>(
    initial: .inContact,
    [
      ([.inContact], .lose, .state(.lost)),
      ([.lost], .find, .state(.inContact)),
    ])

  static let declared: [DeclaredLifeCycle] = [
    table.declared("record", Text("The life of a record", zh: "关注记录的流转")),
    task.declared("task", Text("The life of a task", zh: "待办事项的流转")),
    contact.declared("contact", Text("Out of contact", zh: "失去联系")),
  ]
}
