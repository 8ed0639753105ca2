import StationKit

extension RPCError {
  /// Characters of a message, and bytes of a pointer and of further details, that a plugin may answer.
  private static let messageLength = 1000
  private static let pointerBytes = 1024
  private static let detailBytes = 4096

  /// What of a plugin's error is passed on. Its rule stays in the log for ever, so it has to look like the id of one and
  /// hold nobody's number; what is longer than anybody reads is cut.
  var trimmed: RPCError {
    let isRule = rule.map { Names.isMethod($0) && FreeText.finding(in: $0) == nil } ?? false
    let isPointer = pointer.map { $0.utf8.count <= Self.pointerBytes && JSONPointer($0) != nil } ?? false
    let areShort = details.map { JSONValue.object($0).encoded().count <= Self.detailBytes } ?? false
    return RPCError(
      kind,
      Text(
        String(message.en.prefix(Self.messageLength)), zh: String(message.zh.prefix(Self.messageLength))),
      pointer: isPointer ? pointer : nil, rule: isRule ? rule : nil,
      retryAfterMs: retryAfterMs.map { min(max($0, 0), 3_600_000) }, details: areShort ? details : nil)
  }
}
