#ifndef STATION_SPAWN_H
#define STATION_SPAWN_H

#include <stdint.h>
#include <sys/types.h>

/*
 * Starts a plugin's program in a process of its own. What posix_spawn(3) cannot do is done between fork and exec,
 * with system calls only: resource limits, no new privileges, death with the thread that started it.
 */
struct station_spawn {
  const char *program;
  char *const *arguments;   /* ends with NULL, begins with the program's name */
  char *const *environment; /* ends with NULL: all that the program gets */
  const char *directory;    /* where it runs */
  int channel;              /* becomes descriptor 3 */
  int output;               /* becomes 1 */
  int errors;               /* becomes 2 */
  int changes_user;         /* whether uid and gid are set; supplementary groups are dropped then */
  uint32_t uid;
  uint32_t gid;
  uint64_t memory_bytes;    /* RLIMIT_AS; 0: as it is */
  uint64_t descriptors;     /* RLIMIT_NOFILE; 0: as it is */
  uint64_t file_bytes;      /* RLIMIT_FSIZE; 0: as it is */
  int64_t processes;        /* 0: it can start none; else RLIMIT_NPROC, where it has a user of its own */
  int nice;                 /* added to its niceness */
};

/*
 * 0, and the process id and a descriptor that is readable when it has ended; else the errno of what failed, and its
 * name in `stage`. The process ends when the calling thread does.
 */
int station_spawn(const struct station_spawn *spawn, pid_t *pid, int *pidfd, const char **stage);

/* Ends the process and all that it started: no process of a plugin can leave its group. */
void station_spawn_kill(pid_t pid, int signal);

/* Waits for the process, which has ended: its wait status. */
int station_spawn_reap(pid_t pid);

/*
 * Processes of the same user may not read this one's memory, or take its descriptors, from here on; nor is there a core
 * file of it. Programs that it starts are not concerned.
 */
int station_spawn_conceal(void);

/* pipe2(2) and eventfd(2), which Swift's view of the C library lacks; all close-on-exec. -1 and errno on failure. */
int station_spawn_pipe(int pipe[2]);
int station_spawn_wake(void);

/* WIFEXITED and its kin are macros. The exit code, or minus the signal. */
int station_spawn_code(int status);

#endif
