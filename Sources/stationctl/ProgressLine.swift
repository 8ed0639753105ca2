import StationClient

/// Says on standard error how far an import is: in one line that is drawn over, or a line a second where there is no
/// terminal.
final class ProgressLine {
  private let isShown: Bool
  private let whole: Int?
  private let language: Language
  private let start = ContinuousClock.now
  private var next = ContinuousClock.now
  private var last: ImportTally?

  init(isShown: Bool, whole: Int?, _ language: Language) {
    self.isShown = isShown
    self.whole = whole
    self.language = language
  }

  var elapsed: Duration { start.duration(to: .now) }

  func show(_ tally: ImportTally) {
    guard isShown else { return }
    last = tally
    guard ContinuousClock.now >= next else { return }
    next = .now.advanced(by: .milliseconds(Terminal.errIsTerminal ? 200 : 1_000))
    draw(tally)
  }

  /// Shows where it ended.
  func end() {
    guard let last else { return }
    draw(last)
    if Terminal.errIsTerminal { Terminal.err("\n") }
  }

  private func draw(_ tally: ImportTally) {
    let text = tally.progress(elapsed: elapsed, whole: whole, language: language)
    Terminal.err(Terminal.errIsTerminal ? "\r\(text)\u{1B}[K" : text + "\n")
  }
}
