import StationJSON

/// A screen for free text: what must not be hidden in a sentence.
///
/// It finds what people write, also by mistake: digits of any script, full-width characters, spaces and dashes
/// between digits. It is no proof against somebody who spells a number out in words. It reads a text once, so
/// the time is proportional to its length.
public enum FreeText {
  /// What was found; the raw value is the stable code.
  public enum Finding: String, Sendable, CaseIterable {
    /// A valid identity number (GB 11643).
    case idNumber = "id_number"
    /// A place on earth: a pair of decimal degrees, a labelled degree, or degrees and minutes.
    case coordinates

    /// What it is called in a message.
    public var name: Text {
      switch self {
      case .idNumber: Text("an ID number", zh: "公民身份号码")
      case .coordinates: Text("coordinates", zh: "地理坐标")
      }
    }
  }

  /// The first kind, in the order of ``Finding``, that the text holds; nil for a text with neither.
  public static func finding(in text: String) -> Finding? {
    let plain = text.unicodeScalars.compactMap(plain)
    var numbers = IDNumberScan()
    for scalar in plain where numbers.found(after: scalar) { return .idNumber }
    return CoordinateScan(tokens: CoordinateToken.tokens(plain)).found ? .coordinates : nil
  }

  /// The first of these members of an object, in their order, whose text holds something, and what.
  public static func finding(
    in object: JSONObject, members: [String]
  ) -> (member: String, finding: Finding)? {
    for member in members {
      if let finding = object[member]?.stringValue.flatMap(finding) { return (member, finding) }
    }
    return nil
  }

  /// The ASCII form of a full-width character or a digit of any script, in lower case; nil for what is not seen
  /// (joiners, marks, variation selectors).
  static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar.value {
    case 0x41...0x5A: return Unicode.Scalar(scalar.value + 0x20)
    case 0...0x7E: return scalar
    case 0xFF21...0xFF3A: return Unicode.Scalar(scalar.value - 0xFEE0 + 0x20)
    case 0xFF01...0xFF5E: return Unicode.Scalar(scalar.value - 0xFEE0)
    default: break
    }
    switch scalar.properties.generalCategory {
    case .format, .nonspacingMark, .enclosingMark, .control: return nil
    case .spaceSeparator, .lineSeparator, .paragraphSeparator: return " "
    case .dashPunctuation: return "-"
    case .decimalNumber:
      guard let value = scalar.properties.numericValue else { return scalar }
      return Unicode.Scalar(0x30 + UInt32(value))
    default: return scalar
    }
  }
}
