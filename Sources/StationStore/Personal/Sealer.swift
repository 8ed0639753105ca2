import StationCrypto
import StationKit

/// Encrypts and decrypts the personal members of records, on one thread.
final class Sealer {
  /// A record as its row holds it.
  struct Stored {
    /// The body as JSON, without what is personal.
    var body: [UInt8] = []
    /// ``SealedMembers``; empty for a collection without personal members.
    var sealed: [UInt8] = []
    /// The values of the blind columns, as ``PersonalPlan/blind`` names them.
    var blind: [Int?] = []
  }

  private let vault: Vault
  /// What wrapped keys may be opened with besides the vault's.
  private let earlier: Vault.Keys?
  private let members: AES256GCM
  private let wrapping: AES256GCM
  /// Whose key `wrapping` holds.
  private var wrapper: MasterKey?
  private let random = RandomPool()
  private var associated: [UInt8] = []
  private var text: [UInt8] = []
  private static let masterBytes = 8
  static let wrappedBytes =
    masterBytes + AES256GCM.nonceByteCount + SecretKey.byteCount + AES256GCM.tagByteCount

  /// - Parameter earlier: the vault's keys from before the snapshot that is read, in which keys may be wrapped with a
  ///   master key that a rotation has given up since.
  init(_ vault: Vault, earlier: Vault.Keys? = nil) throws {
    self.vault = vault
    self.earlier = earlier
    members = try AES256GCM()
    wrapping = try AES256GCM()
  }

  // MARK: - Keys of subjects

  func newKey() throws -> Digest32 { try random.key() }

  /// A subject's key under the current master key: the master's id, nonce, ciphertext, tag.
  func wrap(_ key: Digest32, for subject: String, _ plan: PersonalPlan) throws -> [UInt8] {
    plan.bindKey(subject: subject, into: &associated)
    return try wrap(key)
  }

  /// Wraps a key bound to what `associated` holds.
  private func wrap(_ key: Digest32) throws -> [UInt8] {
    guard let master = vault.keys.current else { throw SealError("the store's keys are not open") }
    var wrapped: [UInt8] = []
    wrapped.reserveCapacity(Self.wrappedBytes)
    withUnsafeBytes(of: master.id.bigEndian) { wrapped.append(contentsOf: $0) }
    text.removeAll(keepingCapacity: true)
    key.withUnsafeBytes { text.append(contentsOf: $0) }
    defer { text.withUnsafeMutableBytes { SecretKey.wipe($0) } }
    try random.nonce { nonce in
      wrapped.append(contentsOf: nonce)
      if wrapper === master {
        try wrapping.seal(text, key: nil, nonce: nonce, associated: associated, into: &wrapped)
      } else {
        try master.key.withUnsafeBytes {
          try wrapping.seal(text, key: $0, nonce: nonce, associated: associated, into: &wrapped)
        }
        wrapper = master
      }
    }
    return wrapped
  }

  /// - Throws: ``SealError`` where it is not this subject's, or its master key is not there.
  func unwrap(_ wrapped: [UInt8], for subject: String, _ plan: PersonalPlan) throws -> Digest32 {
    plan.bindKey(subject: subject, into: &associated)
    guard let key = try unwrap(wrapped) else {
      throw vault.unreadable("\(plan.collection): the key of '\(subject)' does not authenticate")
    }
    return key
  }

  /// Which master key wrapped it; nil for what is no wrapped key.
  static func master(of wrapped: UnsafeRawBufferPointer) -> UInt64? {
    wrapped.count == wrappedBytes ? wrapped.loadUnaligned(as: UInt64.self).bigEndian : nil
  }

  private func unwrap(_ wrapped: [UInt8]) throws -> Digest32? {
    try wrapped.withUnsafeBytes { wrapped in
      guard let id = Self.master(of: wrapped), let master = vault.keys.master(id) ?? earlier?.master(id)
      else {
        return nil
      }
      let nonceEnd = Self.masterBytes + AES256GCM.nonceByteCount
      do {
        var plain = try master.key.withUnsafeBytes {
          try members.open(
            UnsafeRawBufferPointer(rebasing: wrapped[nonceEnd...]), key: $0,
            nonce: UnsafeRawBufferPointer(rebasing: wrapped[Self.masterBytes..<nonceEnd]),
            associated: associated)
        }
        defer { plain.withUnsafeMutableBytes { SecretKey.wipe($0) } }
        return Digest32(plain)
      } catch CryptoError.authenticationFailed {
        return nil
      }
    }
  }

  /// The same key under the current master key; nil where it is so already.
  /// - Parameter owner: the collection of a record with a key of its own, the module of a subject's.
  func rewrap(_ wrapped: [UInt8], owner: String, subject: String) throws -> [UInt8]? {
    if wrapped.withUnsafeBytes({ Self.master(of: $0) }) == vault.keys.current?.id { return nil }
    PersonalPlan.bindKey(owner: owner, subject: subject, into: &associated)
    guard let key = try unwrap(wrapped) else {
      throw vault.unreadable("\(owner): the key of '\(subject)' does not authenticate")
    }
    return try wrap(key)
  }

  // MARK: - The store's own key

  private static let indexLabel = Array("stationd index key 1\0".utf8)

  func wrapIndex(_ key: Digest32) throws -> [UInt8] {
    associated = Self.indexLabel
    return try wrap(key)
  }

  func unwrapIndex(_ wrapped: [UInt8]) throws -> Digest32 {
    associated = Self.indexLabel
    guard let key = try unwrap(wrapped) else {
      throw SealError(
        "the store's own key does not authenticate: somebody changed the database, or it is damaged; keep a copy of"
          + " the state as evidence, and put the newest backup back")
    }
    return key
  }

  // MARK: - First results of idempotent calls

  func sealResult(_ result: [UInt8], key: [UInt8]) throws -> [UInt8] {
    associated = key
    var sealed: [UInt8] = []
    try random.nonce { nonce in
      sealed.append(contentsOf: nonce)
      try resultKey().withUnsafeBytes {
        try members.seal(result, key: $0, nonce: nonce, associated: associated, into: &sealed)
      }
    }
    return sealed
  }

  func openResult(_ sealed: [UInt8], key: [UInt8]) throws -> [UInt8] {
    associated = key
    let nonceEnd = AES256GCM.nonceByteCount
    guard sealed.count >= nonceEnd,
      let plain = try? sealed.withUnsafeBytes({ sealed in
        try resultKey().withUnsafeBytes {
          try members.open(
            UnsafeRawBufferPointer(rebasing: sealed[nonceEnd...]), key: $0,
            nonce: UnsafeRawBufferPointer(rebasing: sealed[..<nonceEnd]), associated: associated)
        }
      })
    else { throw vault.unreadable("the first result of an idempotent call does not authenticate") }
    return plain
  }

  private func resultKey() throws -> Digest32 {
    guard let index = vault.keys.index else { throw SealError("the store's keys are not open") }
    return index.authenticate(Array("stationd result key 1".utf8))
  }

  // MARK: - Records

  /// Splits a body into what is stored in clear and what is encrypted.
  func seal(
    _ body: JSONObject, _ plan: PersonalPlan, id: String, version: Int, key: Digest32
  ) throws -> Stored {
    var stored = Stored()
    stored.body.reserveCapacity(512)
    stored.sealed.reserveCapacity(512)
    stored.sealed.append(SealedMembers.format)
    stored.body.append(UInt8(ascii: "{"))
    var isKeyed = false
    for (name, value) in body {
      if plan.isPersonal(name) {
        try seal(value, name, plan, id, version, isKeyed ? nil : key, into: &stored.sealed)
        isKeyed = true
      } else {
        if stored.body.count > 1 { stored.body.append(UInt8(ascii: ",")) }
        JSONWriter.write(name, into: &stored.body)
        stored.body.append(UInt8(ascii: ":"))
        value.encode(into: &stored.body)
      }
    }
    stored.body.append(UInt8(ascii: "}"))
    if !plan.blind.isEmpty { try addBlind(body, plan, to: &stored) }
    return stored
  }

  private func seal(
    _ value: JSONValue, _ name: String, _ plan: PersonalPlan, _ id: String, _ version: Int, _ key: Digest32?,
    into sealed: inout [UInt8]
  ) throws {
    plan.bind(id: id, version: version, member: name, into: &associated)
    text.removeAll(keepingCapacity: true)
    value.encode(into: &text)
    let place = SealedMembers.begin(.member, name, in: &sealed)
    try random.nonce { nonce in
      sealed.append(contentsOf: nonce)
      if let key {
        try key.withUnsafeBytes {
          try members.seal(text, key: $0, nonce: nonce, associated: associated, into: &sealed)
        }
      } else {
        try members.seal(text, key: nil, nonce: nonce, associated: associated, into: &sealed)
      }
    }
    SealedMembers.end(place, in: &sealed)
  }

  private func addBlind(_ body: JSONObject, _ plan: PersonalPlan, to stored: inout Stored) throws {
    for field in plan.blind {
      guard let value = body[field], value != .null else {
        stored.blind.append(nil)
        continue
      }
      guard let text = value.stringValue else {
        throw ModuleFault("\(plan.collection): field '\(field)' is not a text")
      }
      let digest = try blind(text, field, plan)
      stored.blind.append(digest)
      let place = SealedMembers.begin(.blind, field, in: &stored.sealed)
      withUnsafeBytes(of: Int64(digest).bigEndian) { stored.sealed.append(contentsOf: $0) }
      SealedMembers.end(place, in: &stored.sealed)
    }
  }

  /// What the blind column of a field holds for a value.
  func blind(_ value: String, _ field: String, _ plan: PersonalPlan) throws -> Int {
    guard let index = vault.keys.index, let digest = plan.digest(value, field: field, index) else {
      throw SealError("the store's keys are not open")
    }
    return digest
  }

  /// Adds the decrypted members to a body.
  /// - Throws: ``SealError`` where anything does not authenticate.
  func open(
    _ sealed: UnsafeRawBufferPointer, into body: inout JSONObject, _ plan: PersonalPlan, id: String,
    version: Int,
    key: Digest32
  ) throws {
    let isWhole = try SealedMembers.forEach(sealed) { entry in
      guard entry.kind == .member else { return }
      body[entry.name] = try open(entry, plan, id, version, key)
    }
    guard isWhole else {
      throw vault.unreadable("\(plan.collection) '\(id)': not the format of sealed members")
    }
  }

  private func open(
    _ entry: SealedMembers.Entry, _ plan: PersonalPlan, _ id: String, _ version: Int, _ key: Digest32
  ) throws -> JSONValue {
    let nonceEnd = AES256GCM.nonceByteCount
    plan.bind(id: id, version: version, member: entry.name, into: &associated)
    guard entry.content.count >= nonceEnd + AES256GCM.tagByteCount,
      let plain = try? key.withUnsafeBytes({
        try members.open(
          UnsafeRawBufferPointer(rebasing: entry.content[nonceEnd...]), key: $0,
          nonce: UnsafeRawBufferPointer(rebasing: entry.content[..<nonceEnd]), associated: associated)
      }), let value = try? plain.withUnsafeBytes({ try JSONParser.parse($0) })
    else {
      throw vault.unreadable("\(plan.collection) '\(id)': member '\(entry.name)' does not authenticate")
    }
    return value
  }
}
