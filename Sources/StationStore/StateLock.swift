import Glibc
import Synchronization

/// One daemon a state: a lock on a file, held until it is released or the process ends, however it ends.
final class StateLock: Sendable {
  private let file: Mutex<Int32?>

  /// - Throws: ``StoreError`` when another holds it.
  init(_ configuration: StoreConfiguration) throws {
    let opened = try FileIO.open(configuration.lockPath, O_RDWR | O_CREAT, 0o600)
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      close(opened)
      throw StoreError(
        "\(configuration.directory) is in use by another stationd; stop it first, or name another directory")
    }
    file = Mutex(opened)
  }

  deinit { release() }

  func release() {
    file.withLock { file in
      if let open = file { close(open) }
      file = nil
    }
  }
}
