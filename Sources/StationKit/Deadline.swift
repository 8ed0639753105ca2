import StationCalendar
import StationJSON

/// A durable deadline as its handler sees it when it fires.
public struct Deadline: Sendable {
  /// Kind, without the module's prefix.
  public let kind: String
  public let subject: String
  public let due: Instant
  public let payload: JSONObject
  /// Whether it came due more than a minute ago or before the daemon's start: see ``CallContext/isLate(_:)``.
  public let late: Bool

  public init(kind: String, subject: String, due: Instant, payload: JSONObject, late: Bool) {
    self.kind = kind
    self.subject = subject
    self.due = due
    self.payload = payload
    self.late = late
  }

  /// A subject is as long as the id of a record may be.
  package static func check(subject: String) throws(RPCError) {
    guard (1...128).contains(subject.utf8.count) else {
      throw .invalid(
        Text("A deadline's subject has 1 to 128 bytes", zh: "期限所属对象的编号长度为 1 至 128 字节"),
        pointer: "/subject")
    }
  }

  /// The payload of a deadline whose instant is provisional. It comes due at once when the daemon has another calendar,
  /// so that its handler computes the term again: the handler has to bear that it fires before its time.
  ///
  /// - Parameter calendarVersion: of the calendar that was not enough; nil where the instant is not provisional.
  public static func payload(provisionalUnder calendarVersion: String?) -> JSONObject {
    calendarVersion.map { [provisionalUnder: .string($0)] } ?? [:]
  }

  package static let provisionalUnder = "provisional_under"
}
