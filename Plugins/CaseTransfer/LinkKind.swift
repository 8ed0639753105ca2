/// What a link of a chain of custody tells. The raw values are stable codes.
package enum LinkKind: String, Sendable, CaseIterable {
  case collected
  /// To another custodian or place of the same unit.
  case moved
  /// To an examination, and back from it.
  case examined, returned
  /// The register was wrong: another quantity or digest, and what it was.
  case corrected
  /// Given back to who it belongs to: it leaves the case.
  case released
  /// Both sides counted it, and agree or differ.
  case counted, differing
  /// To the receiving unit, at the acceptance.
  case handedOver = "handed_over"
  /// To the designated bureau.
  case handedOut = "handed_out"

  /// Those that `evidence.move` makes.
  static let moves: [LinkKind] = [.moved, .examined, .returned, .corrected, .released, .handedOut]
}
