import Glibc

/// A value behind a lock, for threads that contend for it many thousand times a second.
///
/// Not `Synchronization.Mutex`: on Linux that one inherits priorities and is handed over at unlocking to the thread that
/// waits longest, so that under contention every use of it is a change of threads.
package final class Guarded<Value>: @unchecked Sendable {
  // `value` is touched only with `mutex` locked.
  private var value: Value
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  package init(_ value: Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    // It is held for some microseconds: waiting for it awake is cheaper than a change of threads.
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ADAPTIVE_NP))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  package func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
