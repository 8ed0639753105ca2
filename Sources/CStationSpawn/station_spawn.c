#define _GNU_SOURCE
#include "station_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#define STATION_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define STATION_ARCH AUDIT_ARCH_AARCH64
#endif

enum stage { SESSION, DESCRIPTORS, LIMITS, PRIVILEGES, USER, DIRECTORY, FILTER, PROGRAM };

static const char *const stage_names[] = {"session",   "descriptors", "limits", "privileges",
                                          "user", "directory",   "filter", "program"};

struct failure {
  int stage;
  int error;
};

/* Filters of system calls begin with this: those of another architecture end the process, and so do the x32 ones, which
 * are numbered from 0x40000000. */
#ifdef __x86_64__
#define STATION_LAST_CALL 0x3fffffff
#else
#define STATION_LAST_CALL 0xffffffff
#endif
#define OWN_CALLS                                                          \
  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)), \
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, STATION_ARCH, 1, 0),             \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),                 \
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)), \
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, STATION_LAST_CALL, 0, 1),        \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
#define REFUSE(number, code) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (code))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
/* Allowed with an argument that is one of two values only. They are looked at as the kernel does: 32 bits of each. */
#define ARGUMENT(place) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[place]))
#define ONLY(number, place, one, other)                        \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 5),         \
      ARGUMENT(place),                                         \
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(one), 2, 0),   \
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(other), 1, 0), \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM), ALLOW
/* Refused with an argument of one of two values. */
#define NEVER(number, place, one, other)                       \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 5),         \
      ARGUMENT(place),                                         \
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(one), 1, 0),   \
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(other), 0, 1), \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM), ALLOW

#ifdef STATION_ARCH
static int filter(struct sock_filter *code, size_t count) {
  struct sock_fprog program = {(unsigned short)count, code};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}
#endif

/* No new processes: threads are clone(2) with CLONE_THREAD, and clone3(2) cannot be looked into, so libc is told
 * that there is none. */
static int forbid_processes(void) {
#ifdef STATION_ARCH
  struct sock_filter code[] = {
      OWN_CALLS,
#ifdef __x86_64__
      REFUSE(__NR_fork, EAGAIN),
      REFUSE(__NR_vfork, EAGAIN),
#endif
      REFUSE(__NR_clone3, ENOSYS),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN),
      ALLOW,
  };
  return filter(code, sizeof code / sizeof code[0]);
#else
  return 0;
#endif
}

/* A process that has no user of its own has the daemon's, and may end or slow down what has it: so it reaches itself
 * only. Any thread's id would do for the daemon's, so it is no list of what is refused. One that may start others has a
 * user of its own. */
static int keep_to_itself(void) {
#ifdef STATION_ARCH
  uint32_t own = (uint32_t)getpid();
  struct sock_filter code[] = {
      OWN_CALLS,
      ONLY(__NR_kill, 0, own, 0),
      ONLY(__NR_tgkill, 0, own, own),
      ONLY(__NR_rt_sigqueueinfo, 0, own, own),
      ONLY(__NR_rt_tgsigqueueinfo, 0, own, own),
      REFUSE(__NR_tkill, EPERM),
      REFUSE(__NR_pidfd_send_signal, EPERM),
      /* Whom a descriptor signals. */
      NEVER(__NR_fcntl, 1, F_SETOWN, F_SETOWN_EX),
      NEVER(__NR_ioctl, 1, FIOSETOWN, SIOCSPGRP),
      ONLY(__NR_prlimit64, 0, own, 0),
      ONLY(__NR_sched_setscheduler, 0, own, 0),
      ONLY(__NR_sched_setparam, 0, own, 0),
      ONLY(__NR_sched_setattr, 0, own, 0),
      ONLY(__NR_sched_setaffinity, 0, own, 0),
      ONLY(__NR_ioprio_set, 1, own, 0),
      /* Not PRIO_USER with 0: all processes of its user. */
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_setpriority, 0, 6),
      ARGUMENT(0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PRIO_PROCESS, 0, 3),
      ARGUMENT(1),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, own, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      ALLOW,
  };
  return filter(code, sizeof code / sizeof code[0]);
#else
  return 0;
#endif
}

/* Nobody else's memory, and no way out of its process group: all that it starts can be ended with it. */
static int confine(void) {
#ifdef STATION_ARCH
  struct sock_filter code[] = {
      OWN_CALLS,
      REFUSE(__NR_ptrace, EPERM),
      REFUSE(__NR_process_vm_readv, EPERM),
      REFUSE(__NR_process_vm_writev, EPERM),
      REFUSE(__NR_pidfd_getfd, EPERM),
      REFUSE(__NR_setsid, EPERM),
      REFUSE(__NR_setpgid, EPERM),
      ALLOW,
  };
  return filter(code, sizeof code / sizeof code[0]);
#else
  return 0;
#endif
}

static int limit(int resource, uint64_t value) {
  struct rlimit both = {value, value};
  return value == 0 ? 0 : setrlimit(resource, &both);
}

/* In the child, with one thread: system calls only. libc's setuid would ask threads that are not there. */
static int prepare(const struct station_spawn *spawn, pid_t parent) {
  if (setsid() < 0) return SESSION;
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != parent) return SESSION;

  /* Out of the way of 0 to 3 first. The report pipe stays where it is, below the rest, close-on-exec. */
  int empty = open("/dev/null", O_RDONLY);
  if (empty < 0 || dup2(empty, 0) < 0 || dup2(spawn->output, 1) < 0 || dup2(spawn->errors, 2) < 0 ||
      dup2(spawn->channel, 3) < 0)
    return DESCRIPTORS;

  if (limit(RLIMIT_AS, spawn->memory_bytes) || limit(RLIMIT_NOFILE, spawn->descriptors) ||
      limit(RLIMIT_FSIZE, spawn->file_bytes))
    return LIMITS;
  struct rlimit none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return LIMITS;
  if (spawn->processes > 0 && spawn->changes_user && limit(RLIMIT_NPROC, (uint64_t)spawn->processes)) return LIMITS;
  if (spawn->nice != 0 && setpriority(PRIO_PROCESS, 0, spawn->nice) != 0) return LIMITS;

  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return PRIVILEGES;
  if (chdir(spawn->directory) != 0) return DIRECTORY;
  if (spawn->changes_user) {
    if (syscall(SYS_setgroups, (size_t)0, NULL) != 0 ||
        syscall(SYS_setresgid, spawn->gid, spawn->gid, spawn->gid) != 0 ||
        syscall(SYS_setresuid, spawn->uid, spawn->uid, spawn->uid) != 0)
      return USER;
    /* A change of user takes it back. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != parent) return SESSION;
  }
  if (confine() != 0) return FILTER;
  if (spawn->processes == 0 && (keep_to_itself() != 0 || forbid_processes() != 0)) return FILTER;
  return -1;
}

int station_spawn(const struct station_spawn *given, pid_t *pid, int *pidfd, const char **stage) {
  int report[2];
  struct station_spawn spawn = *given;
  *stage = "fork";
  if (pipe2(report, O_CLOEXEC) != 0) return errno;
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) {
    for (int signal = 1; signal < NSIG; signal++) {
      struct sigaction standard = {.sa_handler = SIG_DFL};
      sigaction(signal, &standard, NULL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* All above 3: dup2 must not overwrite one that is still needed. */
    int out = fcntl(report[1], F_DUPFD_CLOEXEC, 10);
    spawn.channel = fcntl(spawn.channel, F_DUPFD_CLOEXEC, 10);
    spawn.output = fcntl(spawn.output, F_DUPFD_CLOEXEC, 10);
    spawn.errors = fcntl(spawn.errors, F_DUPFD_CLOEXEC, 10);
    struct failure failure = {DESCRIPTORS, 0};
    failure.stage = out < 0 || spawn.channel < 0 || spawn.output < 0 || spawn.errors < 0 ? DESCRIPTORS
                                                                                       : prepare(&spawn, parent);
    if (failure.stage < 0) {
      /* Whatever the daemon has open, also without close-on-exec, closes when the program starts. */
      syscall(SYS_close_range, 4u, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */);
      execve(spawn.program, spawn.arguments, spawn.environment);
      failure.stage = PROGRAM;
    }
    failure.error = errno;
    ssize_t written = write(out, &failure, sizeof failure);
    _exit(written == sizeof failure ? 126 : 127);
  }
  int error = errno;
  sigprocmask(SIG_SETMASK, &before, NULL);
  close(report[1]);
  if (child < 0) {
    close(report[0]);
    return error;
  }
  struct failure failure;
  ssize_t count;
  do count = read(report[0], &failure, sizeof failure);
  while (count < 0 && errno == EINTR);
  close(report[0]);
  if (count == sizeof failure) {
    waitpid(child, NULL, 0);
    *stage = stage_names[failure.stage];
    return failure.error != 0 ? failure.error : EINVAL;
  }
  *pidfd = (int)syscall(SYS_pidfd_open, child, 0);
  if (*pidfd < 0) {
    error = errno;
    *stage = "pidfd";
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return error;
  }
  fcntl(*pidfd, F_SETFD, FD_CLOEXEC);
  *pid = child;
  return 0;
}

int station_spawn_conceal(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int station_spawn_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int station_spawn_wake(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void station_spawn_kill(pid_t pid, int signal) {
  kill(-pid, signal);
  kill(pid, signal);
}

int station_spawn_reap(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  return status;
}

int station_spawn_code(int status) { return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status); }
