import StationAudit

extension NoteError {
  /// Why, as the end of a sentence for people.
  package func text(_ language: Language) -> String {
    switch self {
    case .malformedNote:
      language.pick(
        "it is no signed note (its lines, an empty line, then lines of '— NAME SIGNATURE')",
        zh: "不是签名文本（正文、空行、“— 名称 签名”各行）")
    case .malformedText:
      language.pick("its text has control characters or no end of line", zh: "正文含控制字符或缺少行尾")
    case .malformedSignature:
      language.pick("a line of a signature is not '— NAME SIGNATURE'", zh: "签名行不是“— 名称 签名”")
    case .tooManySignatures: language.pick("it has too many signatures", zh: "签名过多")
    case .malformedName:
      language.pick("a key's name is empty or has a space or a plus", zh: "密钥名称为空或含空格、加号")
    case .malformedKey:
      language.pick(
        "it is written NAME+ID+KEY, as 'stationctl call audit.checkpoint' gives it (verifier_key)",
        zh: "格式为 名称+编号+密钥，见“stationctl call audit.checkpoint”的 verifier_key")
    case .keyIDMismatch:
      language.pick(
        "its ID is not that of its name and key: was a part of it changed?", zh: "其编号与名称、密钥不符：是否有改动？")
    case .unknownAlgorithm: language.pick("the key is for another algorithm", zh: "密钥算法不符")
    case .ambiguousKey: language.pick("two keys have the same name and ID", zh: "有两个密钥的名称和编号相同")
    case .invalidSignature:
      language.pick("the key's signature is not of this text", zh: "该密钥的签名与正文不符")
    case .unsigned: language.pick("the key has not signed it", zh: "未由该密钥签名")
    case .malformedCheckpoint:
      language.pick("its lines are not origin, size and root of a log", zh: "各行不是日志的名称、记录数和根")
    case .wrongOrigin: language.pick("it is of another log than the key", zh: "与密钥不属于同一日志")
    case .malformedProof:
      language.pick(
        "it is no proof as 'stationctl audit export' writes it", zh: "不是“stationctl audit export”导出的证明")
    case .malformedPolicy(let line):
      language.pick("line \(line) is none of a witness policy", zh: "第 \(line) 行不是有效的见证策略")
    case .signingFailed: language.pick("it could not be signed", zh: "无法签名")
    }
  }
}
