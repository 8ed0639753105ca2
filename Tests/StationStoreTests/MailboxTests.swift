import Dispatch
import Foundation
import StationStore
import Testing

/// Who waits in one line keeps nobody in another waiting.
@Suite struct MailboxTests {
  private func mailbox(_ waiting: KeyValuePairs<QueueLine, Range<Int>>) -> Mailbox<Int> {
    let mailbox = Mailbox<Int>()
    for (line, items) in waiting { for item in items { #expect(mailbox.post(item, line, limit: 1000)) } }
    return mailbox
  }

  @Test func `one line is in order, whatever is taken at a time`() {
    for limit in [1, 3, 7, 10, 11] {
      let mailbox = mailbox([.member: 0..<10])
      var taken: [Int] = []
      while mailbox.count > 0 { taken += mailbox.take(upTo: limit, waiting: 0) ?? [] }
      #expect(taken == Array(0..<10))
    }
  }

  @Test func `lines take turns, each in its order`() throws {
    let mailbox = mailbox([.member: 100..<110, .administrator: 300..<303, .auditor: 200..<201])
    let first = try #require(mailbox.take(upTo: 6, waiting: 0))
    #expect(
      first.sorted() == [100, 101, 200, 300, 301, 302] || first.sorted() == [100, 101, 102, 200, 300, 301])
    #expect(first.contains(200))
    var rest = first
    while mailbox.count > 0 { rest += mailbox.take(upTo: 6, waiting: 0) ?? [] }
    #expect(rest.filter { $0 < 200 } == Array(100..<110))
    #expect(rest.filter { $0 >= 300 } == Array(300..<303))
  }

  @Test func `taken one by one, a line of three has gone after six`() {
    let mailbox = mailbox([.member: 100..<200, .administrator: 300..<303])
    let taken = (0..<6).compactMap { _ in mailbox.take(upTo: 1, waiting: 0)?.first }
    #expect(taken.filter { $0 >= 300 } == [300, 301, 302])
  }

  @Test func `a full line is full by itself`() {
    let mailbox = Mailbox<Int>()
    for item in 0..<3 { #expect(mailbox.post(item, .member, limit: 3)) }
    #expect(!mailbox.post(3, .member, limit: 3))
    #expect(mailbox.post(4, .administrator, limit: 3))
    #expect(mailbox.count == 4)
    mailbox.close()
    #expect(!mailbox.post(5, .daemon, limit: 3))
    #expect(mailbox.take(upTo: 9, waiting: nil)?.count == 4)
    #expect(mailbox.take(upTo: 9, waiting: nil) == nil)
  }

  @Test func `what waits behind a long job is taken by another thread`() {
    for _ in 0..<50 {
      let mailbox = Mailbox<Int>()
      let (taken, over) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      for _ in 0..<2 {
        Thread {
          while mailbox.take(upTo: 1, waiting: nil)?.isEmpty == false {
            taken.signal()
            over.wait()
          }
        }.start()
      }
      // Both may be posted before the first thread is awake.
      for item in 0..<2 { #expect(mailbox.post(item, .member, limit: 2)) }
      for _ in 0..<2 { #expect(taken.wait(timeout: .now() + 5) == .success) }
      for _ in 0..<2 { over.signal() }
      mailbox.close()
    }
  }
}
