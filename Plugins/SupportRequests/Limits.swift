import StationKit

/// The two limits of one urgency.
package struct Limits: Sendable, Hashable {
  /// From submission to acknowledgement.
  package let response: Term
  /// From submission to completion.
  package let support: Term

  package init(response: Term, support: Term) {
    self.response = response
    self.support = support
  }
}

/// The limits of every urgency, in the short form that a request pins: `5min/2h 15min/8h 2h/3wd` for
/// immediate, urgent and routine, response before support.
package struct LimitTable: Sendable, Hashable {
  package let immediate: Limits
  package let urgent: Limits
  package let routine: Limits

  package init(immediate: Limits, urgent: Limits, routine: Limits) {
    self.immediate = immediate
    self.urgent = urgent
    self.routine = routine
  }

  /// A table from its short form; nil for anything else.
  package init?(_ text: String) {
    let rows = text.split(separator: " ").map { row -> Limits? in
      let terms = row.split(separator: "/").map { Term(String($0)) }
      guard terms.count == 2, let response = terms[0], let support = terms[1] else { return nil }
      return Limits(response: response, support: support)
    }
    guard rows.count == 3, let immediate = rows[0], let urgent = rows[1], let routine = rows[2] else {
      return nil
    }
    self.init(immediate: immediate, urgent: urgent, routine: routine)
  }

  package var text: String {
    Urgency.allCases.map { "\(self[$0].response)/\(self[$0].support)" }.joined(separator: " ")
  }

  package subscript(_ urgency: Urgency) -> Limits {
    switch urgency {
    case .immediate: immediate
    case .urgent: urgent
    case .routine: routine
    }
  }
}
