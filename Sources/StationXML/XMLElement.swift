/// One element of a document that holds data: either children or text, never both.
package struct XMLElement: Sendable, Hashable {
  /// Without prefix.
  package var name: String
  /// The URI; empty for none.
  package var namespace: String
  /// Those without a namespace, by name.
  package var attributes: [String: String]
  /// Empty where there are children.
  package var text: String
  package var children: [XMLElement]

  package init(
    _ name: String, namespace: String = "", attributes: [String: String] = [:], text: String = "",
    children: [XMLElement] = []
  ) {
    self.name = name
    self.namespace = namespace
    self.attributes = attributes
    self.text = text
    self.children = children
  }

  /// The children of a name in this element's own namespace, in order.
  package func all(_ name: String) -> [XMLElement] {
    children.filter { $0.name == name && $0.namespace == namespace }
  }
}
