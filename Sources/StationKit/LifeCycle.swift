/// A life cycle as one table: what the code runs, and what the docs draw.
///
/// `State` and `Action` are enumerations whose raw values are the stable codes that callers see.
public struct LifeCycle<State: LifeCycleCode, Action: LifeCycleCode>: Sendable {
  /// Where an action leads.
  public enum Target: Sendable, Hashable {
    case state(State)
    /// The state stays as it is.
    case same
    /// Back to the state before the present one.
    case former
  }

  /// One cell of the table.
  public struct Row: Sendable, Hashable {
    public let from: State
    public let action: Action
    public let target: Target
  }

  /// The state that a new record begins in.
  public let initial: State
  /// Every allowed step; what is not here is refused.
  public let rows: [Row]
  /// The rule that the table is, where the module declares one: what refuses a step names it.
  public let rule: String?
  private let targets: [State: [Action: Target]]

  /// - Parameters:
  ///   - rule: the id of the rule that the table is, if the module declares one.
  ///   - steps: for each action, the states it is possible in and where it leads.
  public init(
    initial: State, rule: String? = nil, _ steps: [(from: [State], action: Action, target: Target)]
  ) {
    self.initial = initial
    self.rule = rule
    rows = steps.flatMap { step in
      step.from.map { Row(from: $0, action: step.action, target: step.target) }
    }
    targets = rows.reduce(into: [:]) { targets, row in
      targets[row.from, default: [:]][row.action] = row.target
    }
  }

  /// The state after an action.
  ///
  /// - Parameter former: the state before the present one, where the table leads back to it.
  /// - Throws: `wrong_state`, naming the states in which the action is possible, and the rule.
  public func next(_ state: State, _ action: Action, former: State? = nil) throws(RPCError) -> State {
    switch targets[state]?[action] {
    case .state(let next): return next
    case .same: return state
    case .former: return former ?? initial
    case nil:
      var error = RPCError.wrongState(state.rawValue, allowed: states(allowing: action).map(\.rawValue))
      error.rule = rule
      throw error
    }
  }

  /// The states in which an action is possible, in the order of their declaration.
  public func states(allowing action: Action) -> [State] {
    State.allCases.filter { targets[$0]?[action] != nil }
  }

  /// The table without its types, for the module's declaration.
  public func declared(_ name: String, _ summary: Text) -> DeclaredLifeCycle {
    DeclaredLifeCycle(
      name: name, summary: summary, initial: initial.rawValue,
      steps: rows.map { row in
        switch row.target {
        case .state(let next): .init(from: row.from.rawValue, action: row.action.rawValue, to: next.rawValue)
        case .same: .init(from: row.from.rawValue, action: row.action.rawValue, to: row.from.rawValue)
        case .former: .init(from: row.from.rawValue, action: row.action.rawValue, to: nil)
        }
      })
  }
}

/// A state or an action of a ``LifeCycle``.
public typealias LifeCycleCode = RawRepresentable<String> & CaseIterable & Hashable & Sendable

/// A life cycle as a module declares it: discovery tells it, and the docs draw it.
public struct DeclaredLifeCycle: Sendable, Hashable {
  /// The collection whose records go through it.
  public let name: String
  public let summary: Text
  public let initial: String
  public let steps: [Step]

  public struct Step: Sendable, Hashable {
    public let from: String
    public let action: String
    /// nil: back to the state before.
    public let to: String?

    public init(from: String, action: String, to: String?) {
      self.from = from
      self.action = action
      self.to = to
    }
  }

  public init(name: String, summary: Text, initial: String, steps: [Step]) {
    self.name = name
    self.summary = summary
    self.initial = initial
    self.steps = steps
  }
}
