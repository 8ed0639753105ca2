import Glibc
import Synchronization

/// One daemon a state: locks that are held until they are released or the process ends, however it ends.
///
/// On the state's directory itself, because a file in it can be removed and is another one then; and on a file, as
/// daemons had it before.
final class StateLock: Sendable {
  private let files: Mutex<[Int32]>

  /// - Throws: ``StoreError`` when another holds it.
  init(_ configuration: StoreConfiguration) throws {
    var held: [Int32] = []
    do {
      for (path, flags) in [
        (configuration.directory, O_RDONLY | O_DIRECTORY), (configuration.lockPath, O_RDWR | O_CREAT),
      ] {
        let opened = try FileIO.open(path, flags, 0o600)
        held.append(opened)
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
          throw StoreError(
            "\(configuration.directory) is in use by another stationd; stop it first, or name another directory"
          )
        }
      }
    } catch {
      for file in held { close(file) }
      throw error
    }
    files = Mutex(held)
  }

  deinit { release() }

  func release() {
    files.withLock { files in
      for file in files { close(file) }
      files = []
    }
  }
}
