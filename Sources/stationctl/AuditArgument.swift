import StationAudit
import StationClient

/// What commands about the log are given from outside it, looked at before anything is done with it.
enum AuditArgument {
  /// The key of `--key`.
  static func key(_ text: String) throws(UsageError) -> VerifierKey {
    do {
      return try VerifierKey(text)
    } catch {
      throw UsageError(
        "--key is not a verifier key: \(error.text(.en))", zh: "--key 不是有效的验证密钥：\(error.text(.zh))")
    }
  }

  /// The file of `--extends`: a checkpoint. Who signed it is for the verification.
  static func checkpoint(_ path: String) throws(UsageError) -> String {
    let bytes = try Terminal.read(path)
    do {
      let note = try SignedNote(bytes)
      _ = try Checkpoint(text: note.text)
    } catch {
      throw UsageError(
        "--extends \(path) is not a checkpoint: \(error.text(.en))",
        zh: "--extends \(path) 不是有效的检查点：\(error.text(.zh))")
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
