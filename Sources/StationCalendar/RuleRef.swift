/// The rule that sets a term: its id, and the version that the case was started under.
public struct RuleRef: Hashable, Sendable {
  public let id: String
  public let version: String

  public init(id: String, version: String) {
    self.id = id
    self.version = version
  }
}
