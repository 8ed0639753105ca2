#ifndef STATION_CSTATIONFILES_SHIM_H
#define STATION_CSTATIONFILES_SHIM_H

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

/*
 * renameat2(2) with RENAME_NOREPLACE: Swift's view of the C library has no renameat2. -1 with errno EEXIST where
 * `to` is taken.
 */
static inline int station_rename_new(int from_directory, const char *from, int to_directory, const char *to) {
  return (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, 1);
}

/*
 * Whether something keeps the kernel's clock right (adjtimex(2)): 1 or 0; -1 where the question is not allowed.
 */
static inline int station_clock_is_kept(void) {
  struct timex state = {0};
  int answer = adjtimex(&state);
  return answer < 0 ? -1 : answer != TIME_ERROR;
}

/*
 * Names the calling thread for ps and debuggers; 15 bytes. Foundation's Thread.name knows the thread only once start()
 * has returned, and may do nothing before.
 */
static inline void station_name_thread(const char *name) { (void)prctl(PR_SET_NAME, name, 0, 0, 0); }

#endif
