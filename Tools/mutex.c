// Tells ThreadSanitizer what the slow path of Swift's Synchronization.Mutex orders; to be preloaded.
//
// Taking and giving back a free Mutex is inlined into the program, where ThreadSanitizer sees it. With a second thread
// waiting both go through libswiftSynchronization.so, which is not instrumented: without this every use of what the
// Mutex guards, and of what is handed over through it, is reported as a race (Swift 6.3 on Linux).

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define MUTEX __attribute__((swift_context)) void *mutex

// Absent in the programs that only start the instrumented one.
__attribute__((weak)) void __tsan_acquire(void *);
__attribute__((weak)) void __tsan_release(void *);

static void *next(const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  if (!function) {
    fprintf(stderr, "mutex.c: %s is not in this Swift\n", name);
    abort();
  }
  return function;
}

// _MutexHandle._lockSlow(_: UInt32)
SWIFT void lock_slow(uint32_t thread, MUTEX) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
SWIFT void lock_slow(uint32_t thread, MUTEX) {
  SWIFT void (*lock)(uint32_t, MUTEX) = next("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
  lock(thread, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

// _MutexHandle._unlockSlow()
SWIFT void unlock_slow(MUTEX) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
SWIFT void unlock_slow(MUTEX) {
  SWIFT void (*unlock)(MUTEX) = next("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
  if (__tsan_release) __tsan_release(mutex);
  unlock(mutex);
}
