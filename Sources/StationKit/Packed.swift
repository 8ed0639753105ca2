import StationJSON

/// A schema kept as its text, which takes less memory than its value: for declarations, which are read at the start and
/// by who asks for the document of all methods.
///
/// Every look reads the text again. Nested deeper than any text may be (``StationJSON/JSONParser/depthCeiling``) it is
/// null, which is no schema.
@propertyWrapper public struct Packed: Sendable {
  private let text: [UInt8]

  init(_ value: JSONValue) {
    // A copy is as long as what it holds; what was written into is half empty.
    text = value.encoded().withUnsafeBufferPointer { Array($0) }
  }

  public var wrappedValue: JSONValue {
    (try? JSONParser.parse(text, maxDepth: JSONParser.depthCeiling)) ?? .null
  }
}
