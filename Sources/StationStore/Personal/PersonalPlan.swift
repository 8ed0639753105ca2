import StationCrypto
import StationKit

/// What of a collection is personal, worked out once from its declaration.
struct PersonalPlan: Sendable {
  /// The members that are encrypted.
  let members: [String]
  /// Those of them that can be found by their exact value.
  let blind: [String]
  let subject: Collection.Subject
  /// `support.request`.
  let collection: String
  let module: String
  private let memberLabel: [UInt8]
  private let blindLabels: [[UInt8]]

  /// nil for a collection without personal members.
  init?(_ compiled: CompiledCollection) {
    let declaration = compiled.declaration
    guard !declaration.personal.isEmpty else { return nil }
    members = declaration.personal.map { String($0.dropFirst()) }
    blind = declaration.fields.filter { $0.type == .blind }.map(\.name)
    subject = declaration.subject
    collection = compiled.fullName
    module = String(compiled.fullName.prefix { $0 != "." })
    memberLabel = Self.label(["stationd member 1", collection])
    let collection = collection
    blindLabels = blind.map { Self.label(["stationd blind 1", collection, $0]) }
  }

  func isPersonal(_ member: String) -> Bool { members.contains(member) }

  /// The member that names the subject; nil where a record is its own.
  var subjectMember: String? { if case .member(let name) = subject { name } else { nil } }

  // MARK: - What ciphertexts are bound to

  /// For a member's ciphertext: moved to another record, version or member it does not authenticate.
  func bind(id: String, version: Int, member: String, into bytes: inout [UInt8]) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: memberLabel)
    bytes.append(contentsOf: id.utf8)
    bytes.append(0)
    withUnsafeBytes(of: Int64(version).bigEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: member.utf8)
  }

  /// For a wrapped key: one of a record of its own, or one of all of the module's records of a subject.
  func bindKey(subject: String, into bytes: inout [UInt8]) {
    Self.bindKey(owner: subjectMember == nil ? collection : module, subject: subject, into: &bytes)
  }

  /// Collections have a dot in their names and modules have none.
  static func bindKey(owner: String, subject: String, into bytes: inout [UInt8]) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: "stationd subject key 1\0".utf8)
    bytes.append(contentsOf: owner.utf8)
    bytes.append(0)
    bytes.append(contentsOf: subject.utf8)
  }

  /// The blind index's value: the first 8 bytes of a keyed digest, as an integer. With 64 bits two of a million
  /// values meet by chance in one of forty million stores, and an entry costs no more than a number does. Equal
  /// values are equal in the column whatever the length; without the key nothing can be tried against it.
  func digest(_ value: String, field: String, _ index: HMACSHA256) -> Int? {
    guard let place = blind.firstIndex(of: field) else { return nil }
    let code = index.authenticate {
      $0.update(blindLabels[place])
      $0.update(Array(value.utf8))
    }
    return code.withUnsafeBytes { Int(truncatingIfNeeded: $0.loadUnaligned(as: Int64.self).bigEndian) }
  }

  private static func label(_ parts: [String]) -> [UInt8] {
    parts.flatMap { Array($0.utf8) + [0] }
  }
}
