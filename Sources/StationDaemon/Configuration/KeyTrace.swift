import Synchronization

/// What a configuration file was asked for: each key with its value and where that came from.
package final class KeyTrace: Sendable {
  /// One key that the reader knows.
  package struct Entry: Sendable, Equatable {
    /// The full name, such as `limits.depth`.
    package let key: String
    /// The value that holds, as text; empty where there is none.
    package let value: String
    /// The line of the file that gives it; nil for a default.
    package let line: Int?
    /// What values the key takes, in words.
    package let takes: String
    /// Where a value comes from that neither the file gives nor this program; nil else.
    package var source: String?
  }

  /// One text of the file, where it stands: a key may have several.
  struct Word: Sendable {
    let key: String
    let text: String
    let line: Int?
  }

  private let stored = Mutex<[Entry]>([])
  private let given = Mutex<[Word]>([])

  package var entries: [Entry] { stored.withLock { $0 } }

  /// The texts that the file gives under keys that take them, in the order of reading.
  var words: [Word] { given.withLock { $0 } }

  func note(_ word: Word) { given.withLock { $0.append(word) } }

  /// What was noted of a key.
  package func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }

  func note(_ entry: Entry) {
    stored.withLock { entries in
      if let place = entries.firstIndex(where: { $0.key == entry.key }) {
        entries[place] = entry
      } else {
        entries.append(entry)
      }
    }
  }
}
