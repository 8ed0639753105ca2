/// Whom a log asks for cosignatures, and whose are enough: a file of C2SP tlog-policy.
package struct WitnessPolicy: Sendable {
  package struct Witness: Sendable {
    /// Its name in the file.
    package let name: String
    package let key: WitnessKey
    /// Where it takes checkpoints; nil where it is known for verification only.
    package let address: String?
  }

  /// The logs that the policy is for; empty for any.
  package let logs: [VerifierKey]
  package let witnesses: [Witness]
  private let groups: [String: (threshold: Int, members: [String])]
  /// nil where no cosignature is needed.
  private let quorum: String?

  /// The most lines of each kind that a file may have.
  package static let maximumLines = 64

  /// The policy that a file's text is.
  /// - Throws: `malformedPolicy` with the number of the line, from 1; 0 where the file as a whole lacks a quorum.
  package init(_ text: String) throws(NoteError) {
    var logs: [VerifierKey] = []
    var witnesses: [Witness] = []
    var groups: [String: (threshold: Int, members: [String])] = [:]
    var quorum: String??
    var unused: Set<String> = []
    var names: Set<String> = ["none"]
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let fault = NoteError.malformedPolicy(line: number + 1)
      guard line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { throw fault }
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
      guard let kind = words.first, !kind.hasPrefix("#") else { continue }
      switch (kind, words.count) {
      case ("log", 2...3):
        guard let key = try? VerifierKey(words[1]),
          !logs.contains(where: { $0.publicKey.rawRepresentation == key.publicKey.rawRepresentation })
        else { throw fault }
        logs.append(key)
      case ("witness", 3...4):
        guard let key = try? WitnessKey(words[2]), !witnesses.contains(where: { $0.key.isSameKey(as: key) }),
          names.insert(words[1]).inserted
        else { throw fault }
        unused.insert(words[1])
        witnesses.append(Witness(name: words[1], key: key, address: words.count > 3 ? words[3] : nil))
      case ("group", 4...):
        let members = Array(words[3...])
        let threshold = Self.threshold(words[2], of: members.count)
        // Each name counts in one place only.
        guard let threshold, members.allSatisfy({ unused.remove($0) != nil }),
          names.insert(words[1]).inserted
        else { throw fault }
        unused.insert(words[1])
        groups[words[1]] = (threshold, members)
      case ("quorum", 2):
        guard quorum == nil, names.contains(words[1]) else { throw fault }
        quorum = .some(words[1] == "none" ? nil : words[1])
      default: throw fault
      }
      guard max(logs.count, witnesses.count, groups.count) <= Self.maximumLines else { throw fault }
    }
    guard let quorum else { throw .malformedPolicy(line: 0) }
    (self.logs, self.witnesses, self.groups, self.quorum) = (logs, witnesses, groups, quorum)
  }

  private static func threshold(_ word: String, of count: Int) -> Int? {
    switch word {
    case "all": count
    case "any": 1
    default: Decimal.parse(word.utf8).flatMap { Int(exactly: $0) }.flatMap { 1...count ~= $0 ? $0 : nil }
    }
  }

  /// Whether the cosignatures of these witnesses, by their names in the file, are enough.
  package func isSatisfied(by cosigners: Set<String>) -> Bool {
    func has(_ name: String) -> Bool {
      guard let group = groups[name] else { return cosigners.contains(name) }
      return group.members.count(where: has) >= group.threshold
    }
    return quorum.map(has) ?? true
  }
}
