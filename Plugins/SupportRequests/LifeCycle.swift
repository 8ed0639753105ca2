import StationKit

/// The life cycle of a request as one table.
///
/// There is no way to reject: a department acknowledges or redirects. A redirect waits for acknowledgement
/// anew, also after the first department had acknowledged, so that its response clock runs on.
package enum LifeCycle {
  /// Where an action leads.
  package enum Target: Sendable, Hashable {
    case state(State)
    /// The state stays as it is.
    case same
    /// The state in which the information was requested.
    case former
  }

  /// One cell of the table.
  package struct Row: Sendable, Hashable {
    package let from: State
    package let action: Action
    package let target: Target
  }

  private static let waiting: [State] = [.submitted, .redirected, .reopened]
  private static let inWork: [State] = [.acknowledged, .assigned, .supporting]

  /// Every allowed step; what is not here is refused.
  package static let table: [Row] =
    rows(waiting, .acknowledge, .state(.acknowledged))
    + rows(waiting + [.acknowledged, .assigned], .redirect, .state(.redirected))
    + rows([.acknowledged, .assigned], .assign, .state(.assigned))
    + rows([.assigned], .start, .state(.supporting))
    + rows(inWork, .requestInfo, .state(.infoRequested))
    + rows([.infoRequested], .provideInfo, .former)
    + rows(waiting + inWork + [.infoRequested], .changeUrgency, .same)
    + rows([.supporting], .complete, .state(.feedbackDue))
    + rows([.feedbackDue], .feedback, .state(.closed))
    + rows([.feedbackDue], .lapse, .state(.closed))
    + rows(waiting + inWork + [.infoRequested], .withdraw, .state(.withdrawn))
    + rows([.closed], .reopen, .state(.reopened))
    + rows(waiting + inWork + [.infoRequested], .approve, .same)

  private static let targets: [State: [Action: Target]] = table.reduce(into: [:]) { targets, row in
    targets[row.from, default: [:]][row.action] = row.target
  }

  /// The state after an action.
  ///
  /// - Parameter former: the state before information was requested.
  /// - Throws: `wrong_state`, naming the states in which the action is possible.
  package static func next(_ state: State, _ action: Action, former: State? = nil) throws(RPCError) -> State {
    switch targets[state]?[action] {
    case .state(let next): return next
    case .same: return state
    case .former: return former ?? .acknowledged
    case nil: throw .wrongState(state.rawValue, allowed: states(allowing: action).map(\.rawValue))
    }
  }

  /// The states in which an action is possible, in the order of ``State``.
  package static func states(allowing action: Action) -> [State] {
    State.allCases.filter { targets[$0]?[action] != nil }
  }

  private static func rows(_ states: [State], _ action: Action, _ target: Target) -> [Row] {
    states.map { Row(from: $0, action: action, target: target) }
  }
}
