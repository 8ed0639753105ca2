import StationAudit

/// Whether the next start finds the keys where this one did.
extension Store {
  /// What is wrong with the file of the log's key; nil where it holds the key that is in use.
  package var signingKeyFault: String? {
    do {
      guard let kept = try Self.keptSigner(configuration) else {
        return "\(configuration.keyPath) is missing"
      }
      return kept.verifierKey.text == signer.verifierKey.text
        ? nil : "\(configuration.keyPath) holds another key, \(kept.verifierKey.text)"
    } catch {
      return "\(error)"
    }
  }

  /// What is wrong with the files of the master key; nil where one of them holds the key that is in use.
  package var masterKeyFault: String? {
    let places = configuration.masterKey
    let current = rotation.status.current
    do {
      let recorded = try readWithin { try KeyTable.get(.path, on: $0) }.map {
        String(decoding: $0, as: UTF8.self)
      }
      let files = [
        (places.path, places.isCredential), (places.nextPath, places.isNextCredential), (recorded, false),
      ]
      let names = try files.compactMap { path, isCredential in
        try path.flatMap { try MasterKey.loadIfPresent($0, isCredential: isCredential) }?.name
      }
      guard !names.contains(current) else { return nil }
      return names.isEmpty
        ? "\(places.path) is missing" : "\(places.path) holds another key, \(names.joined(separator: ", "))"
    } catch {
      return "\(error)"
    }
  }
}
