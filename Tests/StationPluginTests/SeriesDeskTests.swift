import StationPluginHost
import Testing

/// A desk that can be asked within an expectation.
private final class Desk {
  private var desk = SeriesDesk()

  func ask(_ name: String, call: Int) -> SeriesDesk.Step { desk.ask(name, call: call) }
  func offer(_ name: String, call: Int) -> Int? { desk.offer(name, call: call)?.value }
  func loaded(_ name: String, last: Int) -> [SeriesDesk.Grant] { desk.loaded(name, last: last) }
  func release(call: Int, posted: Bool) -> [SeriesDesk.Grant] { desk.release(call: call, posted: posted) }
  func mayPost(_ call: Int) -> Bool { desk.mayPost(call) }
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
    #expect(desk.loaded("n", last: 41).map { [$0.call, $0.value] } == [[1, 42], [2, 43]])
  }

  @Test func `calls are posted in the order of their numbers, where they share a series`() {
    let desk = desk()
    #expect(value(desk.ask("n", call: 2)) == 5)
    #expect(value(desk.ask("n", call: 1)) == 6)
    #expect(desk.ask("other", call: 3) == .load)
    #expect(desk.loaded("other", last: 0).map(\.value) == [1])
    #expect([1, 2, 3, 4].map(desk.mayPost) == [false, true, true, true])
    _ = desk.release(call: 2, posted: true)
    #expect(desk.mayPost(1))
  }

  @Test func `calls that share two series, numbered the other way round, do not wait for each other`() {
    let desk = desk()
    _ = desk.ask("m", call: 0)
    _ = desk.loaded("m", last: 0)
    _ = desk.release(call: 0, posted: true)
    _ = desk.ask("n", call: 1)
    _ = desk.ask("m", call: 2)
    _ = desk.ask("m", call: 1)
    _ = desk.ask("n", call: 2)
    #expect([1, 2].map(desk.mayPost) == [true, false])
  }

  @Test func `a series whose calls take several numbers is lent to one of them at a time`() {
    let desk = desk()
    #expect(value(desk.ask("n", call: 1)) == 5)
    guard case .granted(let wrong) = desk.ask("n", call: 2) else { return #expect(Bool(false)) }
    #expect(value(desk.ask("n", call: 1)) == 6)
    // The number 6 of the second call is wrong now, and nobody waits for it.
    #expect(desk.mayPost(2))
    _ = desk.release(call: 2, posted: true)
    desk.correct("n", next: 5, generation: wrong.generation)
    #expect(desk.ask("n", call: 3) == .wait)
    #expect(desk.ask("n", call: 4) == .wait)
    #expect(value(desk.ask("n", call: 1)) == 7)
    #expect(desk.release(call: 1, posted: true).map { [$0.call, $0.value] } == [[3, 8]])
    #expect(value(desk.ask("n", call: 3)) == 9)
    #expect(desk.release(call: 3, posted: true).map { [$0.call, $0.value] } == [[4, 10]])
  }

  @Test func `numbers behind a call that ends without are wrong`() {
    let desk = desk()
    guard case .granted = desk.ask("n", call: 1), case .granted(let wrong) = desk.ask("n", call: 2) else {
      return #expect(Bool(false))
    }
    _ = desk.release(call: 1, posted: false)
    #expect(desk.mayPost(2))
    #expect(value(desk.ask("n", call: 3)) == 5)
    desk.correct("n", next: 5, generation: wrong.generation)
    #expect(value(desk.ask("n", call: 4)) == 6)
  }

  @Test func `numbers that go on from the writer's word stay right`() {
    let desk = desk()
    guard case .granted(let first) = desk.ask("n", call: 1) else { return #expect(Bool(false)) }
    #expect(value(desk.ask("n", call: 2)) == 6)
    _ = desk.release(call: 1, posted: true)
    // Somebody else has taken the 5.
    desk.correct("n", next: 6, generation: first.generation)
    #expect(value(desk.ask("n", call: 3)) == 7)
    #expect([2, 3].map(desk.mayPost) == [true, false])
  }

  @Test func `numbers of a call that ends without are free again`() {
    let desk = desk()
    #expect(value(desk.ask("n", call: 1)) == 5)
    #expect(value(desk.ask("n", call: 1)) == 6)
    #expect(desk.release(call: 1, posted: false).isEmpty)
    #expect(value(desk.ask("n", call: 2)) == 5)
  }

  @Test func `a number is offered where nobody has to wait for it`() {
    let unknown = Desk()
    #expect(unknown.offer("n", call: 1) == nil)
    #expect(unknown.ask("n", call: 1) == .load)
    #expect(unknown.offer("n", call: 2) == nil)
    let desk = desk()
    #expect(desk.offer("n", call: 1) == 5)
    #expect(desk.offer("n", call: 2) == 6)
    #expect([1, 2].map(desk.mayPost) == [true, false])
    // It asks for more: the series is lent to it, and what the other was offered is wrong.
    #expect(value(desk.ask("n", call: 1)) == 6)
    #expect(desk.offer("n", call: 3) == nil)
    #expect(desk.release(call: 1, posted: true).isEmpty)
    #expect(value(desk.ask("n", call: 3)) == 7)
  }

  @Test func `a number that was offered and not taken goes to the next`() {
    let desk = desk()
    #expect(desk.offer("n", call: 1) == 5)
    #expect(desk.release(call: 1, posted: false).isEmpty)
    #expect(desk.offer("n", call: 2) == 5)
  }

  @Test func `a call that goes away while it waits is forgotten`() {
    let desk = Desk()
    _ = desk.ask("n", call: 1)
    _ = desk.ask("n", call: 2)
    #expect(desk.release(call: 1, posted: false).isEmpty)
    #expect(desk.loaded("n", last: 4).map { [$0.call, $0.value] } == [[2, 5]])
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
