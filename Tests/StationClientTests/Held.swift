import StationJSON
import Synchronization

/// Holds a value back until the next comes.
final class Held: Sendable {
  private let value = Mutex<JSONValue?>(nil)

  /// The value held, which is let go; nil if there was none, and then this one is held.
  func swap(_ new: JSONValue) -> JSONValue? {
    value.withLock { value in
      // A bare nil would be the JSON null here.
      let held = value
      value = held == nil ? .some(new) : .none
      return held
    }
  }
}
