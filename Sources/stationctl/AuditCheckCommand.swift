import ArgumentParser
import StationClient
import StationJSON

/// `stationctl audit check`
struct AuditCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: Language.current.pick(
      "Check an exported proof, without the daemon.", zh: "核验导出的证明，无需守护进程。"))

  @OptionGroup var options: GlobalOptions

  @Argument(help: ArgumentHelp(Language.current.pick("The proof.", zh: "证明文件。")))
  var proof: String

  @Argument(help: ArgumentHelp(Language.current.pick("The record.", zh: "记录文件。")))
  var leaf: String

  @Argument(
    help: ArgumentHelp(
      Language.current.pick("What it wrote, if that is to be checked and shown.", zh: "所写内容文件（如需核验并显示）。")))
  var content: String?

  @Option(
    help: ArgumentHelp(
      Language.current.pick("The log's verifier key.", zh: "日志的验证密钥。"), valueName: "vkey"))
  var key: String

  func run() throws {
    _ = try AuditArgument.key(key)
    let record = RecordProof(
      leaf: try Terminal.read(leaf), proof: String(decoding: try Terminal.read(proof), as: UTF8.self))
    let (index, log) = try record.verify(key: key)
    let contents = try content.map { try read(Terminal.read($0), of: record, index) } ?? []
    AuditPrinter(options: options).print(log, index: index, contents)
  }

  /// The contents of a file, each as the record committed to it.
  private func read(_ text: [UInt8], of record: RecordProof, _ index: UInt64) throws -> [RecordContent] {
    try text.split(separator: 0x0A).map { line in
      guard let value = try? JSONParser.parse(Array(line)), let content = RecordContent(value) else {
        throw UsageError(
          "\(self.content ?? "-"): not what an export writes", zh: "\(self.content ?? "-")：不是导出的内容文件")
      }
      guard content.isCommitted(in: record.leaf) else { throw LogFault.content(id: content.id, seq: index) }
      return content
    }
  }
}
