extension Term {
  /// The term as text, which `init(_:)` reads back: `48h`, `10d`, `3wd`, `6mo/coercive`.
  ///
  /// Units: `min`, `h`, `d`, `wd` (working days), `mo`, `y`, `wmin` (working minutes).
  public var description: String {
    kind == .ordinary ? "\(count)\(unit)" : "\(count)\(unit)/\(kind.rawValue)"
  }

  /// A term from its text, within bounds; nil for anything else. Stored rows and rule files use this form.
  public init?(_ text: String) {
    let bytes = text.utf8
    var rest = bytes.startIndex
    var count = 0
    while rest < bytes.endIndex, bytes[rest] >= 0x30, bytes[rest] <= 0x39 {
      // Eight digits hold every count within bounds, and cannot overflow.
      guard bytes.distance(from: bytes.startIndex, to: rest) < 8 else { return nil }
      count = count * 10 + Int(bytes[rest] - 0x30)
      rest = bytes.index(after: rest)
    }
    guard bytes.first != 0x30 else { return nil }
    var kind = Kind.ordinary
    var end = bytes.endIndex
    if let slash = bytes.firstIndex(of: UInt8(ascii: "/")) {
      guard let named = Kind(rawValue: String(text[bytes.index(after: slash)...])), named != .ordinary,
        slash >= rest
      else { return nil }
      kind = named
      end = slash
    }
    let length: Length
    switch String(text[rest..<end]) {
    case "min": length = .minutes(count)
    case "h": length = .hours(count)
    case "d": length = .calendarDays(count)
    case "wd": length = .workingDays(count)
    case "mo": length = .months(count)
    case "y": length = .years(count)
    case "wmin" where kind == .ordinary: length = .workingMinutes(count)
    default: return nil
    }
    self.init(length, kind: kind)
    guard isWithinBounds else { return nil }
  }

  private var unit: String {
    switch length {
    case .minutes: "min"
    case .hours: "h"
    case .calendarDays: "d"
    case .workingDays: "wd"
    case .months: "mo"
    case .years: "y"
    case .workingMinutes: "wmin"
    }
  }

  /// The length in words.
  func words(_ language: ExplanationLanguage) -> String {
    let (english, chinese): (String, String) =
      switch length {
      case .minutes: ("minute", "分钟")
      case .hours: ("hour", "小时")
      case .calendarDays: ("day", "日")
      case .workingDays: ("working day", "个工作日")
      case .months: ("month", "个月")
      case .years: ("year", "年")
      case .workingMinutes: ("working minute", "分钟（工作时间内）")
      }
    switch language {
    case .english: return count == 1 ? "1 \(english)" : "\(count) \(english)s"
    case .chinese: return "\(count)\(chinese)"
    }
  }
}
