import NIOCore
import Synchronization

/// What belongs to one event loop: its connections, and the mailbox in which other threads leave messages.
///
/// Many messages cost one wake-up of the loop, and each connection is flushed once a round.
///
/// `@unchecked Sendable`: the mailbox is behind a lock, everything else is used on the event loop only.
final class LoopDesk: @unchecked Sendable {
  /// What another thread wants of a connection.
  enum Order {
    case send([UInt8])
    case finish
  }

  private struct Mailbox {
    var letters: [(ConnectionHandler, Order)] = []
    var isCollected = true
  }

  /// An emptied array with room for more than this is given back instead.
  private static let keptCapacity = 1024

  let eventLoop: any EventLoop
  private let mailbox = Mutex(Mailbox())
  /// Emptied arrays, kept for the next round.
  private var spare: [(ConnectionHandler, Order)] = []
  private var spareBatch: [ConnectionHandler] = []
  private var unflushed: [ConnectionHandler] = []
  private var flushIsDue = false
  private var connections: [ObjectIdentifier: ConnectionHandler] = [:]

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  /// From any thread: hands an order to a connection of this loop.
  func post(_ order: Order, to connection: ConnectionHandler) {
    let wakes = mailbox.withLock { mailbox in
      mailbox.letters.append((connection, order))
      defer { mailbox.isCollected = false }
      return mailbox.isCollected
    }
    if wakes { eventLoop.execute { self.collect() } }
  }

  private func collect() {
    var letters = spare
    spare = []
    mailbox.withLock { mailbox in
      swap(&mailbox.letters, &letters)
      mailbox.isCollected = true
    }
    flushIsDue = true
    for (connection, order) in letters { connection.take(order) }
    flush()
    letters.removeAll(keepingCapacity: letters.capacity <= Self.keptCapacity)
    spare = letters
  }

  /// On the loop: the connection has output that must leave before the loop sleeps.
  func willFlush(_ connection: ConnectionHandler) {
    unflushed.append(connection)
    guard !flushIsDue else { return }
    flushIsDue = true
    eventLoop.execute { self.flush() }
  }

  private func flush() {
    var batch = spareBatch
    spareBatch = []
    swap(&batch, &unflushed)
    for connection in batch { connection.flush() }
    batch.removeAll(keepingCapacity: batch.capacity <= Self.keptCapacity)
    spareBatch = batch
    flushIsDue = false
    if !unflushed.isEmpty {
      // A flush woke sessions that had more to send. The loop looks at the other connections first.
      flushIsDue = true
      eventLoop.execute { self.flush() }
    }
  }

  func opened(_ connection: ConnectionHandler) { connections[ObjectIdentifier(connection)] = connection }

  func closed(_ connection: ConnectionHandler) { connections[ObjectIdentifier(connection)] = nil }

  /// On the loop: no connection reads any further; each closes when its session has finished.
  func stopInput() {
    for connection in Array(connections.values) { connection.stopInput() }
  }

  /// On the loop: closes every connection at once.
  func abort() {
    for connection in Array(connections.values) { connection.abort() }
  }
}
