import StationKit

/// A condition over the facts of a request, as data of the catalogue. It informs and never refuses, except
/// where the facts make no sense.
package indirect enum Condition: Sendable, Hashable {
  case all([Condition])
  case any([Condition])
  case atLeast(fact: String, Int)
  case below(fact: String, Int)
  case isTrue(fact: String)
  case isWord(fact: String, String)
  /// `left < times × right`: an exact comparison, never a division.
  case fewerThan(left: String, times: Int, right: String)

  /// What the condition says of the facts; `unknown` as long as a fact that matters is not stated.
  ///
  /// - Throws: `refused_by_rule` for a ratio to zero persons.
  package func verdict(_ facts: JSONObject?) throws(RPCError) -> Verdict {
    switch self {
    case .all(let parts):
      var result = Verdict.met
      for part in parts {
        switch try part.verdict(facts) {
        case .unmet: result = .unmet
        case .unknown where result == .met: result = .unknown
        default: break
        }
      }
      return result
    case .any(let parts):
      var result = Verdict.unmet
      for part in parts {
        switch try part.verdict(facts) {
        case .met: result = .met
        case .unknown where result == .unmet: result = .unknown
        default: break
        }
      }
      return result
    case .atLeast(let fact, let bound): return facts?[fact]?.intValue.map { Verdict($0 >= bound) } ?? .unknown
    case .below(let fact, let bound): return facts?[fact]?.intValue.map { Verdict($0 < bound) } ?? .unknown
    case .isTrue(let fact): return facts?[fact]?.boolValue.map(Verdict.init) ?? .unknown
    case .isWord(let fact, let word): return facts?[fact]?.stringValue.map { Verdict($0 == word) } ?? .unknown
    case .fewerThan(let left, let times, let right):
      guard let count = facts?[right]?.intValue else { return .unknown }
      guard count > 0 else {
        throw .refused(
          rule: SupportRules.zeroPersons,
          Text("A ratio to zero persons has no meaning", zh: "涉事人数为零，无法计算比例"), pointer: "/facts/\(right)")
      }
      guard let have = facts?[left]?.intValue else { return .unknown }
      let (needed, overflow) = count.multipliedReportingOverflow(by: times)
      return Verdict(overflow || have < needed)
    }
  }
}
