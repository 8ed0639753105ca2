import StationKit

/// The life cycles of messages to banks and of their files that were set aside.
package enum SpoolLife {
  /// An answer can be there before the daemon has noted that the message left: it was killed in between.
  package static let message = LifeCycle<SpoolState, SpoolAction>(
    initial: .waiting,
    [
      ([.waiting], .prepare, .state(.prepared)),
      ([.prepared], .prepare, .same),
      ([.waiting], .drop, .state(.dropped)),
      ([.prepared], .send, .state(.sent)),
      ([.sent, .answered], .send, .same),
      ([.prepared, .sent], .answer, .state(.answered)),
      ([.prepared, .sent, .answered], .note, .same),
    ])

  package static let refusal = LifeCycle<RefusalState, RefusalAction>(
    initial: .setAside,
    [
      ([.setAside], .retry, .state(.retry)),
      ([.setAside, .retry, .settled], .refuse, .state(.setAside)),
      ([.setAside, .retry], .settle, .state(.settled)),
    ])
}
