import Glibc
import StationClient

/// Where an import writes which lines were refused and why: a JSON object a line, for its owner's eyes.
///
/// It is made with the first refusal; one of an earlier run is emptied at the start.
final class RefusedFile {
  let path: String
  private var descriptor: Int32 = -1

  /// - Throws: for a file that cannot be written, and for the input itself.
  init(_ path: String, input: InputFile) throws {
    self.path = path
    let old = open(path, O_WRONLY | O_CLOEXEC)
    guard old >= 0 || errno == ENOENT else { throw Terminal.unwritable(path) }
    guard old >= 0 else { return }
    descriptor = old
    guard !input.isSame(as: old) else {
      throw UsageError("--refused \(path) is the file that is imported", zh: "--refused \(path) 即导入文件本身")
    }
    // What is no regular file has nothing to empty.
    _ = ftruncate(old, 0)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func write(_ refusal: ImportRefusal) throws(OutputFault) {
    if descriptor < 0 { descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) }
    let line = Array((refusal.json.encodedString + "\n").utf8)
    guard descriptor >= 0, Terminal.write(line[...], to: descriptor) else { throw Terminal.unwritable(path) }
  }
}
