import StationKit

/// Who asks the banks, and in which version of the message. From the rule `stoploss.spool.sender`.
package struct SpoolSettings: Sendable, Hashable {
  package let sender: CancellationRequest.Sender
  /// Of camt.056.001, two digits.
  package let version: String

  /// - Throws: ``SpoolSettingsError`` naming the value at fault.
  package init(_ entry: RuleBook.Entry) throws(SpoolSettingsError) {
    func one(_ name: String) throws(SpoolSettingsError) -> String {
      let list = entry.strings(name)
      guard list.count == 1, let value = list.first else {
        throw SpoolSettingsError("\(entry.rule.id): 'values.\(name)' must be a list of one text")
      }
      return value
    }
    let code = try one("code")
    let isCode = code.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
    }
    guard isCode, (1...15).contains(code.utf8.count) else {
      throw SpoolSettingsError("\(entry.rule.id): 'values.code' must be 1 to 15 letters, digits or '-'")
    }
    let name = try one("name")
    guard (1...140).contains(name.unicodeScalars.count), name.unicodeScalars.allSatisfy({ $0.value >= 0x20 })
    else {
      throw SpoolSettingsError("\(entry.rule.id): 'values.name' must have 1 to 140 characters")
    }
    version = try one("version")
    guard CancellationRequest.versions.contains(version) else {
      throw SpoolSettingsError(
        "\(entry.rule.id): 'values.version' must be one of \(CancellationRequest.versions.joined(separator: ", "))"
      )
    }
    sender = CancellationRequest.Sender(code: code, name: name)
  }
}

/// A sender that cannot be used.
package struct SpoolSettingsError: Error, CustomStringConvertible, Sendable {
  package let description: String
  init(_ description: String) { self.description = description }
}
