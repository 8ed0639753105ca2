/// How a dispute ended, in one integer: a column of the figures' index.
package enum Outcome: Sendable, Hashable {
  case performed
  /// It was eligible, and mediation failed.
  case failed
  case ineligible
  case withdrawn(State)

  package var column: Int {
    switch self {
    case .performed: 1
    case .failed: 2
    case .ineligible: 3
    case .withdrawn(let state): 10 + (State.allCases.firstIndex(of: state) ?? 0)
    }
  }

  /// nil for a number that no outcome has.
  package init?(column: Int) {
    switch column {
    case 1: self = .performed
    case 2: self = .failed
    case 3: self = .ineligible
    case 10..<(10 + State.allCases.count): self = .withdrawn(State.allCases[column - 10])
    default: return nil
    }
  }
}

extension Dispute {
  /// nil as long as anything is owed.
  package var outcome: Outcome? {
    switch state {
    case .closed: .performed
    case .advised: failedFor == nil ? .ineligible : .failed
    case .withdrawn: .withdrawn(withdrawnIn ?? .registered)
    default: nil
    }
  }
}
