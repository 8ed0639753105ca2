import ArgumentParser
import StationClient
import StationJSON

/// `stationctl audit export`
struct AuditExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: Language.current.pick(
      "Write a record and the proof that the log has it.", zh: "导出一条记录及其在日志中的证明。"),
    discussion: Language.current.pick(
      """
      With --records the records of the log are found that wrote the stored ones which an answer names (the members \
      'record' of its items, as in the chain that transfer.custody gives).
      """,
      zh: "使用 --records 时，按应答各项的 record 成员（如 transfer.custody 给出的保管链）查找写入它们的日志记录。"))

  @OptionGroup var options: GlobalOptions

  @Argument(help: ArgumentHelp(Language.current.pick("Number of the record.", zh: "记录编号。")))
  var seq: Int?

  @Option(
    help: ArgumentHelp(
      Language.current.pick(
        "An answer, as --json or --ndjson prints it; - is standard input.",
        zh: "以 --json 或 --ndjson 输出的应答；- 为标准输入。"),
      valueName: "file"))
  var records: String?

  @Option(
    help: ArgumentHelp(
      Language.current.pick(
        """
        The proof (default: record-SEQ.tlog-proof), with --records the folder that they go to. The record goes to the \
        same name with .leaf, what it wrote to .content.
        """,
        zh: "证明文件（默认 record-SEQ.tlog-proof）；使用 --records 时为目录。记录写入同名加 .leaf 的文件，所写内容加 .content。"),
      valueName: "path"))
  var out: String?

  @Flag(
    help: ArgumentHelp(
      Language.current.pick(
        "Also what the record wrote, with the salt that shows it (audit.open).",
        zh: "同时导出记录所写内容及其盐值（audit.open）。")))
  var content = false

  @Option(
    help: ArgumentHelp(
      Language.current.pick("The log's verifier key; else the daemon's own.", zh: "日志的验证密钥；默认用守护进程自己的。"),
      valueName: "vkey"))
  var key: String?

  func validate() throws {
    guard (seq == nil) != (records == nil) else {
      throw ValidationError(
        Language.current.pick("Give a record's number or --records.", zh: "请给出记录编号或 --records。"))
    }
  }

  func run() throws {
    if let key { _ = try AuditArgument.key(key) }
    let named = try records.map { try RecordNames(Terminal.read($0)).all } ?? []
    let client = try options.connect(otherwise: .auditor)
    if let seq {
      try export(seq, to: out ?? Self.name(seq), client)
      return
    }
    // One call may have written several of them.
    var found: [Int] = []
    for record in named {
      let seq = try record.writer(client)
      if !found.contains(seq) { found.append(seq) }
    }
    let folder = out ?? "."
    try Terminal.makeFolder(folder)
    for seq in found { try export(seq, to: "\(folder)/\(Self.name(seq))", client) }
  }

  private static func name(_ seq: Int) -> String { "record-\(seq).tlog-proof" }

  private func export(_ seq: Int, to path: String, _ client: Client) throws {
    let proof = try RecordProof(seq: seq, from: client, key: key)
    let contents = content ? try RecordContent.fetch(seq: seq, leaf: proof.leaf, from: client) : []
    var files = [("proof", path), ("leaf", path + ".leaf")]
    try Terminal.create(path, Array(proof.proof.utf8))
    try Terminal.create(path + ".leaf", proof.leaf)
    if content {
      files.append(("content", path + ".content"))
      try Terminal.create(
        path + ".content", Array(contents.map { $0.json.encodedString + "\n" }.joined().utf8))
    }
    if options.json || options.ndjson {
      var object: JSONObject = [:]
      for (name, file) in files { object[name] = .string(file) }
      Terminal.out(JSONValue.object(object).encodedString + "\n")
    } else {
      Terminal.out(files.map { $1 + "\n" }.joined())
    }
  }
}

/// The stored records that an answer names.
private struct RecordNames {
  struct Name {
    let collection: String
    let id: String
    let version: Int

    init?(_ value: JSONValue) {
      guard let collection = value["collection"]?.stringValue, let id = value["id"]?.stringValue,
        let version = value["version"]?.intValue
      else { return nil }
      self.collection = collection
      self.id = id
      self.version = version
    }

    /// The number of the log's record that wrote it.
    func writer(_ client: Client) throws -> Int {
      var params: JSONObject = [
        "collection": .string(collection), "id": .string(id), "version": .int(version),
      ]
      while true {
        let answer = try client.call("audit.find", .object(params))
        guard let items = answer["items"]?.arrayValue else { throw LogFault.answer("items") }
        if let seq = items.first?["seq"]?.intValue { return seq }
        guard let next = answer["next"] else {
          throw UsageError(
            "no record of the log wrote version \(version) of '\(id)' in \(collection)",
            zh: "日志中没有写入 \(collection)“\(id)”第 \(version) 版的记录")
        }
        params["before"] = next
      }
    }
  }

  let all: [Name]

  init(_ text: [UInt8]) throws {
    let values: [JSONValue]
    if let whole = try? JSONParser.parse(text) {
      values = ResultText.list(in: whole)?.items ?? whole.arrayValue ?? [whole]
    } else {
      values = try text.split(separator: 0x0A).map { line in
        do { return try JSONParser.parse(Array(line)) } catch {
          throw UsageError("--records: not JSON: \(error)", zh: "--records：不是 JSON：\(error)")
        }
      }
    }
    all = try values.map { value in
      guard let name = Name(value["record"] ?? value) else {
        throw UsageError(
          "--records: an item has no 'record' of collection, id and version",
          zh: "--records：有一项没有含 collection、id、version 的 record")
      }
      return name
    }
    guard !all.isEmpty else { throw UsageError("--records: no items", zh: "--records：没有任何项") }
  }
}
