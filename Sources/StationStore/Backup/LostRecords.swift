import StationAudit
import StationCrypto
import StationKit

/// What a state loses that goes back to an older log.
package struct LostRecords: Sendable, Equatable {
  /// Numbers of the records of the log that go.
  package private(set) var range: Range<UInt64>
  /// How many of them did what they were asked, by method (`deadline:…` for deadlines).
  package private(set) var methods: [String: Int] = [:]
  /// The numbers of those that erased a person's data: it is there again afterwards.
  package private(set) var erasures: [UInt64] = []
  /// When the first and the last of them were written.
  package private(set) var first: String?
  package private(set) var last: String?

  init(from first: UInt64) { range = first..<first }

  /// Takes the next record that goes.
  mutating func note(_ leaf: JSONValue) {
    let seq = range.upperBound
    range = range.lowerBound..<(seq + 1)
    if let at = leaf["at"]?.stringValue {
      first = first ?? at
      last = at
    }
    guard leaf["outcome"]?.stringValue == "ok", let method = leaf["method"]?.stringValue else { return }
    methods[method, default: 0] += 1
    if method == "personal.erase" || method.hasPrefix("deadline:\(RetentionRule.prefix)") {
      erasures.append(seq)
    }
  }
}

/// The state that a backup would replace.
package enum PresentState: Sendable, Equatable {
  /// There is no database, and no checkpoint outside.
  case none
  /// There is none, or one that cannot be read; the newest checkpoint outside has seen so many records, if there is
  /// one.
  case unreadable(String, seen: UInt64?)
  /// It has the backup's log and goes on after it.
  case ahead(LostRecords)
  /// It has the same log, or the beginning of it: nothing is undone.
  case behind(size: UInt64)
  /// It has another log from this record on: both were signed, at different times.
  case parted(size: UInt64, common: UInt64)

  /// Compares two logs, record by record.
  static func compare(database path: String, backup: OfflineDatabase) throws -> PresentState {
    let present = try OfflineDatabase(path: path)
    let ours = try present.prepare("SELECT leaf FROM audit ORDER BY seq")
    let theirs = try backup.prepare("SELECT leaf FROM audit ORDER BY seq")
    defer {
      ours.done()
      theirs.done()
    }
    var common: UInt64 = 0
    while true {
      let (hasOurs, hasTheirs) = (try ours.step(), try theirs.step())
      guard hasOurs else { return .behind(size: common) }
      guard hasTheirs else { return .ahead(try lost(ours, from: common)) }
      guard ours.withBlob(0, { one in theirs.withBlob(0) { one.elementsEqual($0) } }) else {
        var all = common + 1
        while try ours.step() { all += 1 }
        return .parted(size: all, common: common)
      }
      common += 1
    }
  }

  /// What comes in the present log after the backup's end; the row at `first` is there to be read.
  private static func lost(_ rows: SQL, from first: UInt64) throws -> LostRecords {
    var found = LostRecords(from: first)
    repeat {
      found.note(try rows.withBlob(0) { try JSONParser.parse($0) })
    } while try rows.step()
    return found
  }
}
