/// Looks for an identity number in a stream of characters, also where few separators stand between its places.
struct IDNumberScan {
  private static let places = 18
  /// Characters between two digits that still belong to one number.
  private static let gap = 3
  /// Digits, the newest last; the oldest go many at a time, so that a step costs little.
  private var run: [UInt8] = []
  private var separators = 0

  /// Takes the next character, in its plain form; says whether it ends an identity number.
  mutating func found(after scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "0"..."9": return add(UInt8(truncatingIfNeeded: scalar.value))
    case "x":
      // Only the last place can be one.
      let found = add(UInt8(ascii: "X"))
      clear()
      return found
    case " ", "\t", "\n", "\r", "-", "_", ".", "/", "·", "•", "‧", "−":
      separators += 1
      if separators > Self.gap { clear() }
      return false
    default:
      clear()
      return false
    }
  }

  private mutating func clear() {
    run.removeAll(keepingCapacity: true)
    separators = 0
  }

  private mutating func add(_ byte: UInt8) -> Bool {
    separators = 0
    if run.count == 64 * Self.places { run.removeFirst(63 * Self.places) }
    run.append(byte)
    guard run.count >= Self.places else { return false }
    let number = run.suffix(Self.places)
    // Digits of other things that stand side by side fit the check now and then: the year of somebody who may
    // live, and a division that does not begin with 0, make that rare.
    guard number.first != UInt8(ascii: "0"), let birth = IDNumber.birth(number) else { return false }
    return (1850...2149).contains(birth.year)
  }
}
