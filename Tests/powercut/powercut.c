// A power cut, simulated: an LD_PRELOAD library that keeps, beside the real state directory, the
// directory that would be found after the power failed.
//
//   POWERCUT_DIR      the state directory; it must exist
//   POWERCUT_IMAGE    the durable image; made anew, it must not exist (nor "$POWERCUT_IMAGE.objects")
//   POWERCUT_ENTRIES  late (default) or now, see below
//
// To cut the power: kill -9 the process, then start again on a copy of the image, with a new image.
//
// The model, stricter than ext4 where the two differ:
// - What was written is durable at the next fsync or fdatasync of that file, and no sooner. A disk may
//   write back any part of it earlier; here nothing is.
// - A name made, renamed or removed is durable at the next fsync of its directory (late). ext4 would
//   also keep the name of a new file whose own fsync returned; POSIX does not promise it. With `now`
//   names are durable at once, before the content: the journal's timer may do that. Run both.
// - Directories are durable when made. `-shm` files are not kept: SQLite rebuilds them. Sockets neither.
// - O_SYNC, sync(2) and syncfs(2) make nothing durable. Not seen: io_uring, writes through mmap,
//   copy_file_range, descriptors from fcntl(F_DUPFD). A file made by fopen or mkstemp, which libc opens
//   out of sight, is taken up, whole, at its fsync.
//
// One process writes: a second that opens the state directory for writing is stopped, loudly.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { descriptors = 1 << 16, small_file = 1 << 16, ranges_to_merge = 4096 };

struct range {
  off_t from, to;
};

/// A file of the state directory, whatever its names; its durable content is the file `object`.
struct file {
  struct file *next;
  ino_t inode;
  bool gone;          // no name is left: its inode number may come back as another file
  bool whole;         // its ranges are not known: copy all of it
  off_t smallest;     // the least size since the last sync: what lies beyond was cut off
  int object;
  char object_path[PATH_MAX];
  struct range *ranges;
  size_t count, capacity, merged;
};

/// A change of a directory that waits for the directory's fsync; no `file`: the name is removed.
struct entry {
  struct entry *next;
  char *directory, *name;
  struct file *file;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX], image[PATH_MAX], objects[PATH_MAX + 16];
static size_t root_length;
static bool now_mode, ready;
static struct file *files, *of_descriptor[descriptors];
static struct entry *entries, **last_entry = &entries;
static unsigned object_count;

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((noreturn)) static void fail(const char *what) {
  fprintf(stderr, "powercut: %s: %s\n", what, strerror(errno));
  abort();
}

// The few calls that are made often are looked up once.
#define CACHED(name)                                       \
  static __typeof__(&name) function;                       \
  if (!function) function = (__typeof__(&name))real(#name)

static int plain_open(const char *path, int flags) {
  CACHED(open64);
  return function(path, flags, 0600);
}
static void plain_close(int fd) {
  CACHED(close);
  function(fd);
}
static void plain_put(int fd, const char *bytes, size_t size, off_t at) {
  CACHED(pwrite64);
  while (size) {
    ssize_t n = function(fd, bytes, size, at);
    if (n <= 0) fail("write to the image");
    bytes += n, at += n, size -= (size_t)n;
  }
}
static void plain_unlink(const char *path) {
  CACHED(unlink);
  if (function(path) && errno != ENOENT) fail(path);
}
static void plain_truncate(int fd, off_t size) {
  CACHED(ftruncate64);
  if (function(fd, size)) fail("truncate in the image");
}

// MARK: Content

static void copy_range(int from, int to, off_t at, off_t end) {
  static char bytes[1 << 18];  // under the lock
  while (at < end) {
    size_t size = end - at < (off_t)sizeof bytes ? (size_t)(end - at) : sizeof bytes;
    ssize_t n = pread(from, bytes, size, at);
    if (n < 0) fail("read of the state directory");
    if (n == 0) return;
    plain_put(to, bytes, (size_t)n, at);
    at += n;
  }
}

static struct file *new_file(ino_t inode) {
  struct file *f = calloc(1, sizeof *f);
  if (!f) fail("memory");
  f->inode = inode;
  f->smallest = LLONG_MAX;
  snprintf(f->object_path, sizeof f->object_path, "%.4000s/%u", objects, object_count++);
  f->object = plain_open(f->object_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC);
  if (f->object < 0) fail(f->object_path);
  f->next = files;
  return files = f;
}

static struct file *find_file(ino_t inode) {
  for (struct file *f = files; f; f = f->next)
    if (f->inode == inode && !f->gone) return f;
  return NULL;
}

static int compare_ranges(const void *a, const void *b) {
  const struct range *x = a, *y = b;
  return x->from < y->from ? -1 : x->from > y->from;
}

static void merge_ranges(struct file *f) {
  qsort(f->ranges, f->count, sizeof *f->ranges, compare_ranges);
  size_t kept = 0;
  for (size_t i = 0; i < f->count; i++) {
    if (kept && f->ranges[i].from <= f->ranges[kept - 1].to) {
      if (f->ranges[i].to > f->ranges[kept - 1].to) f->ranges[kept - 1].to = f->ranges[i].to;
    } else {
      f->ranges[kept++] = f->ranges[i];
    }
  }
  f->count = f->merged = kept;
}

static void mark_dirty(struct file *f, off_t from, off_t to) {
  if (f->count && from <= f->ranges[f->count - 1].to && from >= f->ranges[f->count - 1].from) {
    if (to > f->ranges[f->count - 1].to) f->ranges[f->count - 1].to = to;
    return;
  }
  // Merged again only when the list has doubled: a log that is never synced must not cost a sort each time.
  if (f->count >= ranges_to_merge && f->count >= 2 * f->merged) merge_ranges(f);
  if (f->count == f->capacity) {
    f->capacity = f->capacity ? f->capacity * 2 : 64;
    f->ranges = realloc(f->ranges, f->capacity * sizeof *f->ranges);
    if (!f->ranges) fail("memory");
  }
  f->ranges[f->count++] = (struct range){from, to};
}

static void make_content_durable(struct file *f, int fd) {
  struct stat status;
  if (fstat(fd, &status)) fail("stat");
  int source = fd;
  // Only a descriptor that cannot read is opened anew: closing another one on a database would drop
  // the locks that SQLite holds, and SQLite's own can read.
  if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if ((source = plain_open(link, O_RDONLY | O_CLOEXEC)) < 0) fail(link);
  }
  if (f->smallest < status.st_size) plain_truncate(f->object, f->smallest);
  plain_truncate(f->object, status.st_size);
  if (f->whole || status.st_size <= small_file) {
    copy_range(source, f->object, 0, status.st_size);
  } else {
    merge_ranges(f);
    for (size_t i = 0; i < f->count; i++) copy_range(source, f->object, f->ranges[i].from, f->ranges[i].to);
  }
  f->count = f->merged = 0;
  f->smallest = LLONG_MAX;
  f->whole = false;
  if (source != fd) plain_close(source);
}

// MARK: Names

/// True for a path of the state directory that the image keeps.
static bool kept(const char *path) {
  size_t length = strlen(path);
  return !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]) &&
         !(length > 4 && !strcmp(path + length - 4, "-shm"));
}

static void image_path(char to[PATH_MAX], const char *directory, const char *name) {
  const char *below = directory + root_length;
  if (snprintf(to, PATH_MAX, "%s%s/%s", image, below, name) >= PATH_MAX) fail("path too long");
}

static void apply(const struct entry *e) {
  char path[PATH_MAX], fresh[PATH_MAX + 32];
  image_path(path, e->directory, e->name);
  if (!e->file) {
    plain_unlink(path);
    return;
  }
  snprintf(fresh, sizeof fresh, "%s.link", objects);
  plain_unlink(fresh);
  CACHED(rename);
  // rename(2) does nothing between two names of one file, and leaves both.
  if (link(e->file->object_path, fresh) || function(fresh, path)) fail(path);
  plain_unlink(fresh);
}

static void change_entry(const char *directory, const char *name, struct file *f) {
  struct entry *e = calloc(1, sizeof *e);
  if (!e || !(e->directory = strdup(directory)) || !(e->name = strdup(name))) fail("memory");
  e->file = f;
  *last_entry = e;
  last_entry = &e->next;
}

static void make_entries_durable(const char *directory) {
  for (struct entry **at = &entries; *at;) {
    struct entry *e = *at;
    if (directory && strcmp(e->directory, directory)) {
      at = &e->next;
      continue;
    }
    apply(e);
    *at = e->next;
    free(e->directory);
    free(e->name);
    free(e);
  }
  last_entry = &entries;
  while (*last_entry) last_entry = &(*last_entry)->next;
}

/// What is there at the start is durable.
static void seed(const char *directory) {
  char path[PATH_MAX], target[PATH_MAX];
  CACHED(mkdir);
  snprintf(target, sizeof target, "%.2000s%.2000s", image, directory + root_length);
  if (function(target, 0700)) fail(target);
  DIR *stream = opendir(directory);
  if (!stream) fail(directory);
  for (struct dirent *d; (d = readdir(stream));) {
    if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, "..")) continue;
    if (snprintf(path, sizeof path, "%s/%s", directory, d->d_name) >= PATH_MAX) fail("path too long");
    struct stat status;
    if (!kept(path) || lstat(path, &status)) continue;
    if (S_ISDIR(status.st_mode)) seed(path);
    if (!S_ISREG(status.st_mode)) continue;
    struct file *f = new_file(status.st_ino);
    int fd = plain_open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail(path);
    copy_range(fd, f->object, 0, status.st_size);
    plain_close(fd);
    apply(&(struct entry){NULL, (char *)directory, d->d_name, f});
  }
  closedir(stream);
}

static bool configured(void) {
  static int answer = -1;
  if (answer >= 0) return answer;
  const char *directory = getenv("POWERCUT_DIR"), *to = getenv("POWERCUT_IMAGE");
  answer = directory && to;
  if (!answer) return false;
  if (!realpath(directory, root)) fail(directory);
  if (snprintf(image, sizeof image, "%s", to) >= 3900) fail("path too long");
  snprintf(objects, sizeof objects, "%s.objects", image);
  root_length = strlen(root);
  const char *mode = getenv("POWERCUT_ENTRIES");
  now_mode = mode && !strcmp(mode, "now");
  return true;
}

/// Before the first change: the image begins as the directory is.
static void prepare(void) {
  if (ready) return;
  CACHED(mkdir);
  if (function(objects, 0700))
    fail(errno == EEXIST ? "a second process writes, or an old image is there" : objects);
  ready = true;  // set first: what follows must not come back here
  seed(root);
}

/// The real directory of `path` (to `directory`) and its last name; false outside the state directory.
static bool resolve(int at, const char *path, char directory[PATH_MAX], const char **name) {
  if (!configured() || !path) return false;
  char copy[PATH_MAX];
  if (path[0] == '/' || at == AT_FDCWD) {
    if (snprintf(copy, sizeof copy, "%s", path) >= PATH_MAX) return false;
  } else {
    if (snprintf(copy, sizeof copy, "/proc/self/fd/%d/%s", at, path) >= PATH_MAX) return false;
  }
  char *slash = strrchr(copy, '/');
  *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  if (slash) slash[slash == copy] = 0;
  if (!realpath(slash ? copy : ".", directory)) return false;
  char whole[2 * PATH_MAX];
  snprintf(whole, sizeof whole, "%s/%s", directory, *name);
  return kept(whole);
}

static void named(const char *directory, const char *name, struct file *f) {
  change_entry(directory, name, f);
  if (now_mode) make_entries_durable(NULL);
}

static void lose_name(int at, const char *path) {
  struct stat status;
  if (fstatat(at, path, &status, AT_SYMLINK_NOFOLLOW) || !S_ISREG(status.st_mode)) return;
  struct file *f = find_file(status.st_ino);
  if (f && status.st_nlink == 1) f->gone = true;
}

// MARK: The calls

static int opened(int at, const char *path, int flags, mode_t mode) {
  static int (*function)(int, const char *, int, ...);
  if (!function) function = real("openat64");
  char directory[PATH_MAX];
  const char *name;
  bool changes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
  if (!changes || !resolve(at, path, directory, &name)) return function(at, path, flags, mode);
  pthread_mutex_lock(&lock);
  prepare();
  struct stat status;
  bool existed = !fstatat(at, path, &status, 0);
  int fd = function(at, path, flags, mode), error = errno;
  if (fd >= 0 && fd < descriptors && !fstat(fd, &status) && S_ISREG(status.st_mode)) {
    struct file *f = find_file(status.st_ino);
    if (f && !existed) f->gone = true, f = NULL;
    if (!f) {
      f = new_file(status.st_ino);
      f->whole = existed;
      named(directory, name, f);
    }
    if (flags & O_TRUNC) f->smallest = 0;
    of_descriptor[fd] = f;
  }
  pthread_mutex_unlock(&lock);
  errno = error;
  return fd;
}

#define MODE()                                          \
  mode_t mode = 0;                                      \
  if (flags & (O_CREAT | __O_TMPFILE)) {                \
    va_list arguments;                                  \
    va_start(arguments, flags);                         \
    mode = va_arg(arguments, mode_t);                   \
    va_end(arguments);                                  \
  }
int open(const char *path, int flags, ...) { MODE() return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE() return opened(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE() return opened(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE() return opened(at, path, flags, mode); }
int __open_2(const char *path, int flags) { return opened(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return opened(AT_FDCWD, path, flags, 0); }
int creat(const char *path, mode_t mode) {
  return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int close(int fd) {
  if (fd >= 0 && fd < descriptors && of_descriptor[fd]) {
    pthread_mutex_lock(&lock);
    of_descriptor[fd] = NULL;
    pthread_mutex_unlock(&lock);
  }
  CACHED(close);
  return function(fd);
}

static int duplicated(int from, int to) {
  if (to >= 0 && to < descriptors && from >= 0 && from < descriptors) of_descriptor[to] = of_descriptor[from];
  return to;
}
int dup(int fd) { return duplicated(fd, REAL(dup)(fd)); }
int dup2(int fd, int to) { return duplicated(fd, REAL(dup2)(fd, to)); }
int dup3(int fd, int to, int flags) { return duplicated(fd, REAL(dup3)(fd, to, flags)); }

/// Notes what a write of `n` bytes changed; `at` below 0: the descriptor's own position, now behind it.
static ssize_t wrote(int fd, ssize_t n, off_t at) {
  if (n <= 0 || fd < 0 || fd >= descriptors || !of_descriptor[fd]) return n;
  pthread_mutex_lock(&lock);
  struct file *f = of_descriptor[fd];
  if (at < 0) at = lseek(fd, 0, SEEK_CUR) - n;
  if (f) mark_dirty(f, at, at + n);
  pthread_mutex_unlock(&lock);
  return n;
}
ssize_t write(int fd, const void *bytes, size_t size) {
  CACHED(write);
  return wrote(fd, function(fd, bytes, size), -1);
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  CACHED(pwrite64);
  return wrote(fd, function(fd, bytes, size, at), at);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) { return pwrite64(fd, bytes, size, at); }
ssize_t writev(int fd, const struct iovec *vector, int count) {
  CACHED(writev);
  return wrote(fd, function(fd, vector, count), -1);
}
ssize_t pwritev64(int fd, const struct iovec *vector, int count, off64_t at) {
  CACHED(pwritev64);
  return wrote(fd, function(fd, vector, count, at), at);
}
ssize_t pwritev(int fd, const struct iovec *vector, int count, off_t at) {
  return pwritev64(fd, vector, count, at);
}

int ftruncate64(int fd, off64_t size) {
  CACHED(ftruncate64);
  int result = function(fd, size);
  if (!result && fd < descriptors && of_descriptor[fd]) {
    pthread_mutex_lock(&lock);
    struct file *f = of_descriptor[fd];
    if (f && size < f->smallest) f->smallest = size;
    pthread_mutex_unlock(&lock);
  }
  return result;
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int synced(int fd, int result) {
  if (result || fd < 0 || !configured()) return result;
  int error = errno;
  pthread_mutex_lock(&lock);
  struct file *f = fd < descriptors ? of_descriptor[fd] : NULL;
  char link[64], path[PATH_MAX];
  struct stat status;
  if (!f && !fstat(fd, &status) && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))) {
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    if (kept(path)) {
      prepare();
      if (S_ISDIR(status.st_mode)) {
        make_entries_durable(path);
      } else if (!(f = find_file(status.st_ino))) {
        char *slash = strrchr(path, '/');
        *slash = 0;
        f = new_file(status.st_ino);
        named(path, slash + 1, f);
      }
      if (f) f->whole = true;
    }
  }
  if (f) make_content_durable(f, fd);
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}
int fsync(int fd) {
  CACHED(fsync);
  return synced(fd, function(fd));
}
int fdatasync(int fd) {
  CACHED(fdatasync);
  return synced(fd, function(fd));
}

int unlinkat(int at, const char *path, int flags) {
  char directory[PATH_MAX];
  const char *name;
  CACHED(unlinkat);
  if (flags & AT_REMOVEDIR || !resolve(at, path, directory, &name)) return function(at, path, flags);
  pthread_mutex_lock(&lock);
  prepare();
  lose_name(at, path);
  int result = function(at, path, flags), error = errno;
  if (!result) named(directory, name, NULL);
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
  char from_directory[PATH_MAX], to_directory[PATH_MAX];
  const char *from_name, *to_name;
  CACHED(renameat2);
  if (!resolve(to_at, to, to_directory, &to_name) || !resolve(from_at, from, from_directory, &from_name))
    return function(from_at, from, to_at, to, flags);
  pthread_mutex_lock(&lock);
  prepare();
  struct stat status;
  struct file *f = NULL;
  if (!fstatat(from_at, from, &status, AT_SYMLINK_NOFOLLOW) && S_ISREG(status.st_mode)) {
    // A file that libc made out of sight has no durable content until its fsync.
    f = find_file(status.st_ino);
    if (!f) f = new_file(status.st_ino), f->whole = true;
    lose_name(to_at, to);
  }
  int result = function(from_at, from, to_at, to, flags), error = errno;
  if (!result && f) {
    // Both names at once: where they share a directory no cut can fall between them.
    change_entry(to_directory, to_name, f);
    named(from_directory, from_name, NULL);
  }
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}
int renameat(int from_at, const char *from, int to_at, const char *to) {
  return renameat2(from_at, from, to_at, to, 0);
}
int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }

int mkdirat(int at, const char *path, mode_t mode) {
  char directory[PATH_MAX], target[PATH_MAX];
  const char *name;
  CACHED(mkdirat);
  bool ours = resolve(at, path, directory, &name);
  int result = function(at, path, mode);
  if (result || !ours) return result;
  pthread_mutex_lock(&lock);
  bool first = !ready;
  prepare();
  image_path(target, directory, name);
  // The first change of all seeds the image, and the seed has the new directory already.
  if (!first && function(AT_FDCWD, target, 0700) && errno != EEXIST) fail(target);
  pthread_mutex_unlock(&lock);
  return result;
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }
