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
        try Self.handOver(opened, path, toOwnerOf: held[0])
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

  /// Whoever looks after a state as root leaves a lock that the daemon's own user can open.
  private static func handOver(_ file: Int32, _ path: String, toOwnerOf directory: Int32) throws {
    guard geteuid() == 0 else { return }
    var (owner, about) = (stat(), stat())
    guard fstat(directory, &owner) == 0, fstat(file, &about) == 0 else { throw FileError(path) }
    guard about.st_uid != owner.st_uid else { return }
    guard fchown(file, owner.st_uid, owner.st_gid) == 0 else { throw FileError(path) }
  }

  deinit { release() }

  func release() {
    files.withLock { files in
      for file in files { close(file) }
      files = []
    }
  }
}
