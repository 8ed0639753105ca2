import GRDB
import StationCrypto

extension Store {
  /// Opens the store's keys with the configured master key; makes them where the state has none yet.
  /// - Throws: ``StoreError`` saying what to do, where a key is missing that something is wrapped with.
  static func openKeys(_ configuration: StoreConfiguration, _ db: Database, _ vault: Vault) throws {
    let places = configuration.masterKey
    guard let forgetsPlace = try findKeys(configuration, db, vault) else {
      let main = try MasterKey.loadIfPresent(places.path, isCredential: places.isCredential)
      return try makeKeys(try main ?? newMaster(places), db, vault)
    }
    if forgetsPlace { try KeyTable.remove(.path, on: db) }
  }

  /// Refuses a state whose keys are not there, before anything in it is changed.
  static func requireKeys(_ configuration: StoreConfiguration, _ db: Database) throws {
    // The first format had no keys.
    guard try db.tableExists("keyring"),
      try findKeys(configuration, db, Vault(health: HealthBoard())) == nil
    else { return }
    try requireMaster(configuration.masterKey)
  }

  /// Gives the vault the keys that the database says are in use.
  /// - Returns: nil where it has none yet; else whether the place that a rotation went to is not needed any more.
  private static func findKeys(
    _ configuration: StoreConfiguration, _ db: Database, _ vault: Vault
  ) throws -> Bool? {
    let places = configuration.masterKey
    let main = try MasterKey.loadIfPresent(places.path, isCredential: places.isCredential)
    guard let current = try KeyTable.id(.master, on: db) else { return nil }
    var candidates = main.map { [$0] } ?? []
    if let next = places.nextPath,
      let key = try MasterKey.loadIfPresent(next, isCredential: places.isNextCredential)
    {
      candidates.append(key)
    }
    let recorded = try KeyTable.get(.path, on: db).map { String(decoding: $0, as: UTF8.self) }
    if let recorded, let key = try MasterKey.loadIfPresent(recorded) { candidates.append(key) }
    func find(_ id: UInt64) throws -> MasterKey {
      if let key = candidates.first(where: { $0.id == id }) { return key }
      throw StoreError(missing(id, places, recorded, held: candidates))
    }
    var keys = Vault.Keys(current: try find(current))
    let former = try KeyTable.id(.former, on: db)
    if let former { keys.former = [try find(former)] }
    vault.set(keys)
    guard let wrapped = try KeyTable.get(.index, on: db) else {
      throw StoreError("the key of the blind index is missing from \(configuration.databasePath)")
    }
    try setIndex(try Sealer(vault).unwrapIndex(wrapped), vault)
    return former == nil && main?.id == current && recorded != nil
  }

  private static func missing(
    _ id: UInt64, _ places: MasterKeyPlaces, _ recorded: String?, held: [MasterKey]
  ) -> String {
    let found =
      held.isEmpty
      ? "there is none in \(places.path)"
      : "found only \(held.map(\.name).joined(separator: " and "))"
    let hint = recorded.map { ", or at \($0), where it was when the rotation to it began" } ?? ""
    return """
      personal data in this state is encrypted under master key \(MasterKey.name(id)), and \(found): put that \
      key back at \(places.path) (or, during a rotation, at the place of the next key\(hint)). Without it \
      nobody can read the data
      """
  }

  /// A new state is not begun without a key.
  static func requireMaster(_ configuration: StoreConfiguration) throws {
    guard try FileIO.read(configuration.databasePath, limit: 1) == nil else { return }
    try requireMaster(configuration.masterKey)
  }

  private static func requireMaster(_ places: MasterKeyPlaces) throws {
    guard !places.isMadeWhenNew,
      try MasterKey.loadIfPresent(places.path, isCredential: places.isCredential) == nil
    else { return }
    _ = try newMaster(places)
  }

  private static func newMaster(_ places: MasterKeyPlaces) throws -> MasterKey {
    guard places.isMadeWhenNew else {
      throw StoreError(
        "there is no master key in \(places.path): make one with 'stationctl key new \(places.path)', as the"
          + " daemon's user, and keep a copy apart from the backups of the state")
    }
    return try MasterKey.create(places.path)
  }

  /// The keys of a state that had none: it is new, or of the format before personal data was encrypted.
  private static func makeKeys(_ master: MasterKey, _ db: Database, _ vault: Vault) throws {
    vault.set(Vault.Keys(current: master))
    let index = try SecureRandom.digest()
    try setIndex(index, vault)
    let wrapped = try Sealer(vault).wrapIndex(index)
    try db.inTransaction {
      try KeyTable.set(.index, wrapped, on: db)
      try KeyTable.set(.master, id: master.id, on: db)
      try IdempotencyTable.keyDigests(vault, on: db)
      return .commit
    }
  }

  private static func setIndex(_ key: Digest32, _ vault: Vault) throws {
    var keys = vault.keys
    keys.index = HMACSHA256(key: key.bytes)
    vault.set(keys)
  }
}

/// Where the master key is.
package struct MasterKeyPlaces: Sendable {
  package var path: String
  /// A second key, of a rotation that is under way or just done.
  package var nextPath: String?
  /// The service manager provides them for this service alone.
  package var isCredential: Bool
  /// Whether a state without keys gets a new one, as under `--dev`.
  package var isMadeWhenNew: Bool

  /// The next key may be a plain file all the same.
  package var isNextCredential: Bool {
    let directory = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
    return isCredential && nextPath?.hasPrefix(directory + "/") ?? false
  }

  package init(path: String, nextPath: String? = nil, isCredential: Bool = false, isMadeWhenNew: Bool = false)
  {
    self.path = path
    self.nextPath = nextPath
    self.isCredential = isCredential
    self.isMadeWhenNew = isMadeWhenNew
  }
}
