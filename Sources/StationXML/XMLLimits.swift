/// Every bound of a document.
package struct XMLLimits: Sendable, Hashable {
  package var bytes: Int
  /// The root is at depth 1.
  package var depth: Int
  package var elements: Int
  /// Of one element.
  package var attributes: Int

  package init(bytes: Int = 262_144, depth: Int = 32, elements: Int = 10_000, attributes: Int = 16) {
    self.bytes = bytes
    self.depth = depth
    self.elements = elements
    self.attributes = attributes
  }
}
