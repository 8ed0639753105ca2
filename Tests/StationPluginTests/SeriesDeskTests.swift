import StationPluginHost
import Testing

/// A desk that can be asked within an expectation.
private final class Desk {
  private var desk = SeriesDesk()

  func ask(_ name: String, call: Int) -> SeriesDesk.Step { desk.ask(name, call: call) }
  func loaded(_ name: String, last: Int) -> [SeriesDesk.Grant] { desk.loaded(name, last: last) }
  func release(call: Int, posted: Bool) -> [SeriesDesk.Grant] { desk.release(call: call, posted: posted) }
  func correct(_ name: String, next: Int, generation: Int) {
    desk.correct(name, next: next, generation: generation)
  }
}

@Suite struct SeriesDeskTests {
  private func value(_ step: SeriesDesk.Step) -> Int? {
    if case .granted(let grant) = step { grant.value } else { nil }
  }

  /// A desk whose series `n` has given out 4 numbers.
  private func desk() -> Desk {
    let desk = Desk()
    #expect(desk.ask("n", call: 0) == .load)
    #expect(desk.loaded("n", last: 4).map(\.value) == [5])
    #expect(desk.release(call: 0, posted: false).isEmpty)
    return desk
  }

  @Test func `the first call waits until the store has said which number was last`() {
    let desk = Desk()
    #expect(desk.ask("n", call: 1) == .load)
    #expect(desk.ask("n", call: 2) == .wait)
    #expect(desk.loaded("n", last: 41).map(\.value) == [42])
    #expect(desk.release(call: 1, posted: true).map(\.value) == [43])
  }

  @Test func `a series is lent to one call at a time, in the order of asking`() {
    let desk = desk()
    #expect(value(desk.ask("n", call: 1)) == 5)
    #expect(desk.ask("n", call: 2) == .wait)
    #expect(desk.ask("n", call: 3) == .wait)
    #expect(value(desk.ask("n", call: 1)) == 6)
    #expect(value(desk.ask("other", call: 2)) == nil)
    #expect(desk.release(call: 1, posted: true).map { [$0.call, $0.value] } == [[2, 7]])
    #expect(desk.release(call: 2, posted: true).map { [$0.call, $0.value] } == [[3, 8]])
  }

  @Test func `numbers of a call that ends without are free again`() {
    let desk = desk()
    #expect(value(desk.ask("n", call: 1)) == 5)
    #expect(value(desk.ask("n", call: 1)) == 6)
    #expect(desk.release(call: 1, posted: false).isEmpty)
    #expect(value(desk.ask("n", call: 2)) == 5)
  }

  @Test func `a call that goes away while it waits is forgotten`() {
    let desk = desk()
    _ = desk.ask("n", call: 1)
    _ = desk.ask("n", call: 2)
    _ = desk.ask("n", call: 3)
    #expect(desk.release(call: 2, posted: false).isEmpty)
    #expect(desk.release(call: 1, posted: true).map(\.call) == [3])
  }

  @Test(arguments: [true, false])
  func `after the store's word the call that was wrong is foretold the right number`(releasesFirst: Bool) {
    let desk = desk()
    guard case .granted(let grant) = desk.ask("n", call: 1) else { return #expect(Bool(false)) }
    // The numbers 5 and on have not been used after all: the writer is still at 3. It may say so before or after
    // the host knows that the call stands in its line.
    if releasesFirst { _ = desk.release(call: 1, posted: true) }
    desk.correct("n", next: 3, generation: grant.generation)
    desk.correct("n", next: 3, generation: grant.generation)
    if !releasesFirst { _ = desk.release(call: 1, posted: true) }
    #expect(value(desk.ask("n", call: 2)) == 3)
  }

  @Test func `what was foretold before the store's word is wrong too, and is not heard again`() {
    let desk = desk()
    guard case .granted(let first) = desk.ask("n", call: 1) else { return #expect(Bool(false)) }
    _ = desk.release(call: 1, posted: true)
    guard case .granted(let second) = desk.ask("n", call: 2) else { return #expect(Bool(false)) }
    desk.correct("n", next: 3, generation: first.generation)
    // It is posted with its wrong number, fails, and must not move the count.
    _ = desk.release(call: 2, posted: true)
    #expect(value(desk.ask("n", call: 1)) == 3)
    desk.correct("n", next: 3, generation: second.generation)
    _ = desk.release(call: 1, posted: true)
    #expect(value(desk.ask("n", call: 2)) == 4)
  }
}
