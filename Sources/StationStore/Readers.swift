import Foundation

/// The threads on which calls read the store.
final class Readers: Sendable {
  private let mailbox = Mailbox<@Sendable () -> Void>()
  private let limit: Int

  init(threads: Int, limit: Int) {
    self.limit = limit
    for number in 0..<threads {
      let thread = Thread { [mailbox] in
        while let jobs = mailbox.take(upTo: 1, waiting: nil) {
          for job in jobs { job() }
        }
      }
      thread.name = "reader-\(number)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  func post(_ line: QueueLine, _ job: @escaping @Sendable () -> Void) -> Bool {
    mailbox.post(job, line, limit: limit)
  }

  func stop() { mailbox.close() }
}
