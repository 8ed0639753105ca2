/// The language of an explanation.
public enum ExplanationLanguage: Hashable, Sendable, CaseIterable {
  case english, chinese
}

extension ExplanationStep {
  /// The step as a sentence.
  public func sentence(_ language: ExplanationLanguage, zone: Zone) -> String {
    switch language {
    case .english: english(zone)
    case .chinese: chinese(zone)
    }
  }

  private func english(_ zone: Zone) -> String {
    switch self {
    case .rule(let rule, let term):
      "Rule \(rule.id), version \(rule.version), sets \(term.words(.english))."
    case .calendar(let version):
      "Working days by calendar \(version)."
    case .serviceHours(let version):
      "Time runs only in service hours, version \(version)."
    case .start(let instant):
      "The term starts at \(instant.rfc3339(zone: zone))."
    case .startDayExcluded(let date):
      "The day of the start, \(date), does not count."
    case .clampedToMonthEnd(let date):
      "The month has no such day; its last day, \(date), takes its place."
    case .daySkipped(let date, _, .some(let holiday)):
      "\(date) is not a working day: \(holiday.englishName)."
    case .daySkipped(let date, let kind, .none):
      "\(date) is not a working day: \(kind == .weekend ? "weekend" : "day off")."
    case .lastDay(let date):
      "The last day is \(date)."
    case .shifted(let from, let to):
      "The last day moves from \(from) to the next working day, \(to)."
    case .neverShifts(let date, .custody):
      "A term of custody ends on its day, \(date), working day or not."
    case .neverShifts(let date, _):
      "This term ends on its day, \(date), working day or not."
    case .provisional(let year):
      "Provisional: \(year) has no calendar yet, so Monday to Friday were taken for working days."
    case .paused(let milliseconds):
      "Pauses give back \(ExplanationStep.duration(milliseconds, .english))."
    case .end(let instant):
      "The term is over from \(instant.rfc3339(zone: zone)) on."
    }
  }

  private func chinese(_ zone: Zone) -> String {
    switch self {
    case .rule(let rule, let term):
      "依据规则 \(rule.id)（版本 \(rule.version)），期限为\(term.words(.chinese))。"
    case .calendar(let version):
      "工作日按日历 \(version) 确定。"
    case .serviceHours(let version):
      "仅在工作时间内计时（版本 \(version)）。"
    case .start(let instant):
      "自 \(instant.rfc3339(zone: zone)) 起算。"
    case .startDayExcluded(let date):
      "开始之日 \(date) 不计算在内。"
    case .clampedToMonthEnd(let date):
      "该月无对应之日，以月末 \(date) 为准。"
    case .daySkipped(let date, _, .some(let holiday)):
      "\(date) 不是工作日：\(holiday.name)。"
    case .daySkipped(let date, let kind, .none):
      "\(date) 不是工作日：\(kind == .weekend ? "周末" : "休息日")。"
    case .lastDay(let date):
      "期限最后一日为 \(date)。"
    case .shifted(let from, let to):
      "最后一日由 \(from) 顺延至下一个工作日 \(to)。"
    case .neverShifts(let date, .custody):
      "在押期间于 \(date) 届满，不因节假日顺延。"
    case .neverShifts(let date, _):
      "本期限于 \(date) 届满，不因节假日顺延。"
    case .provisional(let year):
      "暂定：\(year)年放假安排尚未公布，暂按周一至周五为工作日计算。"
    case .paused(let milliseconds):
      "暂停时间 \(ExplanationStep.duration(milliseconds, .chinese)) 不计入期限。"
    case .end(let instant):
      "自 \(instant.rfc3339(zone: zone)) 起期限届满。"
    }
  }

  /// Hours, minutes and seconds; a rest below a second in milliseconds.
  private static func duration(_ milliseconds: Int64, _ language: ExplanationLanguage) -> String {
    let english = language == .english
    let parts: [(Int64, String)] = [
      (milliseconds / 3_600_000, english ? " h" : "小时"),
      (milliseconds / 60_000 % 60, english ? " min" : "分钟"),
      (milliseconds / 1000 % 60, english ? " s" : "秒"),
      (milliseconds % 1000, english ? " ms" : "毫秒"),
    ]
    let named = parts.filter { $0.0 != 0 }.map { "\($0.0)\($0.1)" }
    return named.joined(separator: english ? " " : "")
  }
}
