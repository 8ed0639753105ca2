import StationAudit
import StationCrypto
import StationKit
import StationStore

/// `audit.*`: the log's records, its signed tree head and proofs.
enum AuditModule {
  static func module(_ services: Services) -> Module {
    Module(
      name: "audit", title: Text("The audit log", zh: "审计日志"), version: "1.0",
      words: OwnWords.audit,
      methods: [
        checkpoint(services), entry, entries, tail, find, open, prove(services), consistency(services),
      ])
  }

  private static let example64 = JSONValue.string("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
  private static let exampleNote: JSONValue =
    "stationd.localhost/audit\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— stationd.localhost/audit …\n"

  static func log(_ tx: any ReadTransaction) throws(RPCError) -> LogReader {
    guard let log = tx.log else { throw RPCError(.unavailable) }
    return log
  }

  private static func checkpoint(_ services: Services) -> Method {
    Method(
      "checkpoint",
      Text("Sign the present tree head (C2SP tlog-checkpoint)", zh: "签发当前检查点"),
      params: Shapes.object(["size": Shapes.seq], required: []),
      result: Shapes.object([
        "checkpoint": Shapes.text, "verifier_key": Shapes.text, "size": Shapes.count,
        "root": Shapes.base64,
      ]), permission: .role,
      examples: [
        Example(
          "Now", params: [:],
          result: [
            "checkpoint": exampleNote, "verifier_key": "stationd.localhost/audit+6a56edb5+AQ…",
            "size": 1, "root": example64,
          ])
      ],
      handler: .read { params, _, tx in
        let log = try log(tx)
        let present = try log.size()
        let size = try bounded(params["size"], by: present, "/size") ?? present
        let root = try log.root(size: size)
        let store = try services.openStore()
        return [
          "checkpoint": .string(try store.sign(TreeHead(size: size, root: root))),
          "verifier_key": .string(store.signer.verifierKey.text), "size": .int(Int(size)),
          "root": .string(root.base64),
        ]
      })
  }

  /// A tree size named by the caller; a tree of another size than the present must be one that was.
  private static func bounded(
    _ value: JSONValue?, by present: UInt64, _ pointer: String
  ) throws(RPCError) -> UInt64? {
    guard let number = value?.intValue else { return nil }
    guard number >= 0, UInt64(number) <= present else {
      throw .invalid(
        Text("The log has \(present) records", zh: "日志共有 \(present) 条"), pointer: pointer)
    }
    return UInt64(number)
  }

  private static let entry = Method(
    "entry", Text("Read one record with what is kept beside it", zh: "读取一条记录及其附注"),
    params: Shapes.object(["seq": Shapes.seq]), positional: ["seq"],
    result: Shapes.object(
      [
        "seq": Shapes.seq, "leaf": Shapes.base64, "record": Shapes.anyObject,
        "detail": Shapes.anyObject,
      ], required: ["seq", "leaf", "record"]), permission: .role, disclosesPersonalData: true,
    examples: [
      Example(
        "The first", params: ["seq": 0],
        result: ["seq": 0, "leaf": "e30=", "record": ["v": 1, "seq": 0, "method": "system.start"]])
    ],
    handler: .read { params, _, tx in
      let seq = try params.int("seq")
      guard let entry = try log(tx).entry(UInt64(seq)) else {
        throw RPCError.notFound("audit record", String(seq), pointer: "/seq")
      }
      tx.disclose(entry)
      var result: JSONObject = [
        "seq": .int(seq), "leaf": .string(Base64.encode(entry.leaf)),
        "record": try JSONParser.parse(entry.leaf),
      ]
      if let detail = entry.detail { result["detail"] = try JSONParser.parse(detail) }
      return .object(result)
    })

  /// Records of one page have so many bytes together; a page is then shorter than was asked.
  private static let pageBytes = 1 << 20

  private static let entries = Method(
    "entries", Text("Read records as leaves, in order, for verification", zh: "按序读取记录叶子"),
    params: Shapes.object(
      ["from": Shapes.seq, "limit": ["type": "integer", "minimum": 1, "maximum": 1000]],
      required: []),
    positional: ["from", "limit"],
    result: Shapes.object(
      [
        "items": [
          "type": "array", "items": Shapes.object(["seq": Shapes.seq, "leaf": Shapes.base64]),
        ],
        "next": Shapes.seq, "size": Shapes.count,
      ], required: ["items", "size"]), permission: .role,
    examples: [
      Example(
        "From the start", params: ["from": 0, "limit": 1],
        result: ["items": [["seq": 0, "leaf": "e30="]], "next": 1, "size": 2])
    ],
    handler: .read { params, _, tx in
      let from = UInt64(params["from"]?.intValue ?? 0)
      let limit = UInt64(params["limit"]?.intValue ?? 500)
      let log = try log(tx)
      let size = try log.size()
      let end = min(size, from.addingReportingOverflow(limit).partialValue)
      let items = from < end ? try log.entries(from..<end, bytes: pageBytes) : []
      let next = items.last.map { $0.seq + 1 } ?? end
      var result: JSONObject = [
        "items": .array(
          items.map { ["seq": .int(Int($0.seq)), "leaf": .string(Base64.encode($0.leaf))] }),
        "size": .int(Int(size)),
      ]
      if next < size { result["next"] = .int(Int(next)) }
      return .object(result)
    })

  private static let tail = Method(
    "tail", Text("Read the newest records, decoded", zh: "读取最新记录"),
    params: Shapes.object(
      ["limit": ["type": "integer", "minimum": 1, "maximum": 500], "before": Shapes.seq],
      required: []),
    result: Shapes.object(
      ["items": ["type": "array", "items": Shapes.anyObject], "next": Shapes.seq],
      required: ["items"]), permission: .role,
    examples: [
      Example(
        "The newest", params: ["limit": 1], result: ["items": [["seq": 4, "method": "support.open"]]])
    ],
    handler: .read { params, _, tx in
      let log = try log(tx)
      let size = try log.size()
      let end = min(size, params["before"]?.intValue.map(UInt64.init) ?? size)
      let count = min(end, UInt64(params["limit"]?.intValue ?? 20))
      let items = try log.entries(end - count..<end, newestFirst: true, bytes: pageBytes)
      var result: JSONObject = ["items": .array(try items.map { try JSONParser.parse($0.leaf) })]
      if let oldest = items.last?.seq, oldest > 0 { result["next"] = .int(Int(oldest)) }
      return .object(result)
    })

  /// Records that one call looks through.
  private static let lookedThrough = 100_000

  private static let find = Method(
    "find", Text("Find the records that wrote a stored record, the newest first", zh: "查找写入某条数据的审计记录"),
    params: Shapes.object(
      [
        "collection": Shapes.text(max: 100), "id": Shapes.text(max: 128), "version": Shapes.version,
        "before": Shapes.seq,
      ], required: ["collection", "id"]),
    positional: ["collection", "id", "version"],
    result: Shapes.object(
      [
        "items": Shapes.list(Shapes.object(["seq": Shapes.seq, "version": Shapes.count])), "next": Shapes.seq,
      ], required: ["items"]), permission: .role,
    examples: [
      Example(
        "A request's first version",
        params: ["collection": "support.request", "id": "SR-2026-000001", "version": 1],
        result: ["items": [["seq": 12, "version": 1]]])
    ],
    handler: .read { params, _, tx in
      let log = try log(tx)
      let size = try log.size()
      let before = min(size, params["before"]?.intValue.map(UInt64.init) ?? size)
      let version = params["version"]?.intValue
      let looked = try log.writers(
        of: try params.string("collection"), try params.string("id"), before: before, looking: lookedThrough)
      let items = looked.found.filter { version == nil || $0.version == version }
      var result: JSONObject = [
        "items": .array(items.map { ["seq": .int(Int($0.seq)), "version": .int($0.version)] })
      ]
      // With a version named, the search ends where it is found.
      if let next = looked.next, version == nil || items.isEmpty { result["next"] = .int(Int(next)) }
      return .object(result)
    })

  private static func prove(_ services: Services) -> Method {
    Method(
      "prove",
      Text("Prove that a record is in the log, against a signed checkpoint", zh: "证明记录在日志中"),
      params: Shapes.object(["seq": Shapes.seq, "size": Shapes.seq], required: ["seq"]),
      positional: ["seq", "size"],
      result: Shapes.object([
        "index": Shapes.seq, "leaf": Shapes.base64, "proof": Shapes.hashes,
        "checkpoint": Shapes.text, "verifier_key": Shapes.text, "size": Shapes.count,
      ]), permission: .role,
      examples: [
        Example(
          "The first record", params: ["seq": 0],
          result: [
            "index": 0, "leaf": "e30=", "proof": [], "checkpoint": exampleNote,
            "verifier_key": "stationd.localhost/audit+6a56edb5+AQ…", "size": 1,
          ])
      ],
      handler: .read { params, _, tx in
        let seq = try params.int("seq")
        let log = try log(tx)
        let present = try log.size()
        let size = try bounded(params["size"], by: present, "/size") ?? present
        guard UInt64(seq) < size, let entry = try log.entry(UInt64(seq)) else {
          throw RPCError.notFound("audit record", String(seq), pointer: "/seq")
        }
        let store = try services.openStore()
        let proof = try log.inclusionProof(UInt64(seq), size: size)
        let head = TreeHead(size: size, root: try log.root(size: size))
        return [
          "index": .int(seq), "leaf": .string(Base64.encode(entry.leaf)),
          "proof": .array(proof.map { .string($0.base64) }),
          "checkpoint": .string(try store.sign(head)),
          "verifier_key": .string(store.signer.verifierKey.text), "size": .int(Int(size)),
        ]
      })
  }

  private static func consistency(_ services: Services) -> Method {
    Method(
      "consistency",
      Text("Prove that a newer tree extends an older one", zh: "证明新树延续旧树"),
      params: Shapes.object(
        ["old": ["type": "integer", "minimum": 1], "new": ["type": "integer", "minimum": 1]],
        required: ["old"]),
      positional: ["old", "new"],
      result: Shapes.object([
        "old": Shapes.count, "new": Shapes.count, "proof": Shapes.hashes, "old_root": Shapes.base64,
        "new_root": Shapes.base64,
      ]), permission: .role,
      examples: [
        Example(
          "Nothing new", params: ["old": 1],
          result: ["old": 1, "new": 1, "proof": [], "old_root": example64, "new_root": example64])
      ],
      handler: .read { params, _, tx in
        let log = try log(tx)
        let present = try log.size()
        let new = try bounded(params["new"], by: present, "/new") ?? present
        let old = UInt64(try params.int("old"))
        guard old <= new else {
          throw RPCError.invalid(
            Text("'old' must not be above \(new)", zh: "old 不得大于 \(new)"), pointer: "/old")
        }
        return [
          "old": .int(Int(old)), "new": .int(Int(new)),
          "proof": .array(try log.consistencyProof(old: old, new: new).map { .string($0.base64) }),
          "old_root": .string(try log.root(size: old).base64),
          "new_root": .string(try log.root(size: new).base64),
        ]
      })
  }
}
