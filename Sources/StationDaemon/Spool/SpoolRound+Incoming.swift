import StationCrypto
import StationKit
import StopLoss

extension SpoolRound {
  /// Hands one file over and moves it to where it belongs.
  ///
  /// - Returns: false where it has to stay for a later round.
  func receive(_ name: FileName) throws -> Bool {
    guard let entry = try files.read(name, in: .incoming, limit: Self.fileLimit) else { return true }
    let digest = Self.digest(entry, name)
    var answer = try handOver(name, entry, digest)
    // Taken before, and the one that was taken lies there: this is another of its name. Where none does, the daemon
    // was killed before it moved this one.
    if answer["outcome"] == "duplicate", try find(name, digest, in: .done) != nil {
      answer = try setAside(name, digest, .duplicate, rule: nil)
    }
    switch answer["outcome"]?.stringValue {
    case "later": return false
    case "refused":
      try move(name, entry, digest, to: .setAside, reason: Self.notice(answer["reason"]))
    default: try move(name, entry, digest, to: .done, reason: nil)
    }
    return true
  }

  /// What became of it: taken by the module, or set aside.
  private func handOver(_ name: FileName, _ entry: SpoolEntry, _ digest: String) throws(RPCError) -> JSONValue
  {
    guard let text = Self.text(entry), let shown = Self.keepable(name) else {
      return try setAside(name, digest, Self.problem(entry), rule: nil)
    }
    do {
      return try ledger.call(
        "receive", ["name": .string(shown), "digest": .string(digest), "text": .string(text)])
    } catch let error where !error.isPassing {
      return try setAside(name, digest, SpoolReason(error), rule: error.rule)
    }
  }

  private func setAside(
    _ name: FileName, _ digest: String, _ reason: SpoolReason, rule: String?
  ) throws(RPCError) -> JSONValue {
    var params: JSONObject = ["digest": .string(digest), "reason": .string(reason.rawValue)]
    if let shown = Self.keepable(name) { params["name"] = .string(shown) }
    if let rule { params["rule"] = .string(rule) }
    return try ledger.call("set_aside", params)
  }

  /// Under the first name that is free; the reason beside it is there before the file is.
  private func move(
    _ name: FileName, _ entry: SpoolEntry, _ digest: String, to folder: SpoolFolder, reason: [UInt8]?
  ) throws {
    for target in Self.places(name, digest) {
      if try files.read(target, in: folder, limit: 0) != nil { continue }
      if let reason, try !note(reason, beside: target, digest) { continue }
      switch try files.move(name, from: .incoming, to: folder, as: target) {
      case .taken: continue
      case .missing: return
      case .moved: return try confirm(name, entry, at: target, in: folder)
      }
    }
    throw FileFault("no free name in \(folder.rawValue)", code: 17)
  }

  /// Puts a reason beside the place where a file will be.
  ///
  /// - Returns: false where something else has that name.
  private func note(_ reason: [UInt8], beside target: FileName, _ digest: String) throws -> Bool {
    let draft = FileName("\(digest).reason")
    let note = target.appending(".reason")
    try files.write(reason, to: draft, isShared: false)
    guard try files.move(draft, from: .work, to: .setAside, as: note) == .taken else { return true }
    try files.remove(draft, in: .work)
    // From before the daemon was killed.
    return try files.read(note, in: .setAside, limit: Self.fileLimit)?.content == .bytes(reason)
  }

  /// What was moved must be what was read: a connector may have put another file in its place meanwhile. Then
  /// that one goes back.
  private func confirm(_ name: FileName, _ entry: SpoolEntry, at target: FileName, in folder: SpoolFolder)
    throws
  {
    guard let moved = try files.read(target, in: folder, limit: Self.fileLimit),
      moved.identity != entry.identity
    else { return }
    for place in [name] + (2...9).map({ name.appending(".\($0)") }) {
      if try files.move(target, from: folder, to: .incoming, as: place) != .taken { return }
    }
  }

  /// Puts a file that was set aside back into `in`.
  ///
  /// - Returns: whether it got on.
  func retry(_ file: JSONValue) throws -> Bool {
    guard let digest = file["digest"]?.stringValue, let shown = file["name"]?.stringValue else {
      return false
    }
    let name = FileName(shown)
    if let place = try find(name, digest, in: .setAside) {
      for target in Self.places(name, digest) {
        if try files.move(place, from: .setAside, to: .incoming, as: target) != .taken {
          try files.remove(place.appending(".reason"), in: .setAside)
          return true
        }
      }
      return false
    }
    // In `in` already, where a round ended in between or its time has not come; or somebody took it away.
    if try find(name, digest, in: .incoming) != nil { return false }
    _ = try setAside(name, digest, .gone, rule: nil)
    return true
  }

  private func find(_ name: FileName, _ digest: String, in folder: SpoolFolder) throws -> FileName? {
    for place in Self.places(name, digest) {
      if let entry = try files.read(place, in: folder, limit: Self.fileLimit),
        Self.digest(entry, name) == digest
      {
        return place
      }
    }
    return nil
  }

  /// The name itself, then others that tell the content: nothing is ever replaced.
  private static func places(_ name: FileName, _ digest: String) -> [FileName] {
    let short = String(digest.prefix(16))
    let base = name.bytes.count <= 200 ? name : FileName(short)
    return [base, base.appending(".\(short)")] + (2...9).map { base.appending(".\(short).\($0)") }
  }

  private static func text(_ entry: SpoolEntry) -> String? {
    guard case .bytes(let bytes) = entry.content, !bytes.isEmpty else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Why a file is not even handed over.
  private static func problem(_ entry: SpoolEntry) -> SpoolReason {
    switch entry.content {
    case .notRegular: .notRegular
    case .tooLarge: .tooLarge
    case .unreadable: .unreadable
    case .bytes(let bytes) where bytes.isEmpty: .empty
    case .bytes(let bytes) where text(entry) == nil: isCut(bytes) ? .truncated : .notUTF8
    case .bytes: .badName
    }
  }

  /// Whether a text ends within a character.
  private static func isCut(_ bytes: [UInt8]) -> Bool {
    guard let place = bytes.lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return false }
    let length =
      switch bytes[place] {
      case 0xC2...0xDF: 2
      case 0xE0...0xEF: 3
      case 0xF0...0xF4: 4
      default: 0
      }
    return bytes.count - place < length && String(validating: bytes[..<place], as: UTF8.self) != nil
  }

  /// A name that the module may keep; nil for another.
  private static func keepable(_ name: FileName) -> String? {
    name.text.flatMap { SpoolRefusal.mayKeep($0) ? $0 : nil }
  }

  /// SHA-256 of the content; of what tells the thing apart where there is none.
  static func digest(_ entry: SpoolEntry, _ name: FileName) -> String {
    if case .bytes(let bytes) = entry.content { return SHA256.hash(bytes).hex }
    let numbers = entry.identity.flatMap { number in
      (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    return SHA256.hash(Array("stationd spool".utf8) + [0] + name.bytes + [0] + numbers).hex
  }

  /// What stands in the file beside the one that was set aside.
  private static func notice(_ reason: JSONValue?) -> [UInt8] {
    let code = reason?["code"]?.stringValue ?? ""
    let en = reason?["en"]?.stringValue ?? ""
    let zh = reason?["zh"]?.stringValue ?? ""
    return Array("\(code)\n\(en)\n\(zh)\n".utf8)
  }
}
