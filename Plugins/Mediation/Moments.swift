import StationKit

/// Instants that a caller states.
enum Moments {
  /// The member's instant, or now where it is left out.
  ///
  /// - Throws: `refused_by_rule` for one in the future, or before what it must follow.
  static func read(
    _ params: Params, _ context: CallContext, notBefore: Instant = .earliest, key: String = "at"
  ) throws(RPCError) -> Instant {
    guard let text = params[key]?.stringValue else {
      // The machine's clock may stand behind what was said before: then the step is as late as that.
      return max(context.now, notBefore)
    }
    guard let instant = Instant(rfc3339: text) else {
      throw .invalid(Text("Not an instant", zh: "时间无效"), pointer: "/\(key)")
    }
    guard instant <= context.now else {
      throw .refused(rule: RuleID.time, Text("Not in the future", zh: "时间不得晚于现在"), pointer: "/\(key)")
    }
    guard instant >= notBefore else {
      throw .refused(
        rule: RuleID.time,
        Text("Not before the step that it follows", zh: "时间不得早于前一步骤"), pointer: "/\(key)")
    }
    return instant
  }
}
