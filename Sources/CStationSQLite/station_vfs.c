#include "station_scrub.h"
#include "station_sqlite.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

// What is gathered at most; a larger commit is written in several calls.
enum { CAPACITY = 1 << 20 };

// SQLite's own VFS takes less than 128 KiB in one write (it masks the length with 0x1ffff).
enum { PIECE = 1 << 16 };

typedef struct {
  sqlite3_file base;
  unsigned char *buffer;  // made at the first write: readers never write
  sqlite3_int64 start;    // where in the file the buffer's first byte belongs
  int length;
  int gathers;            // off until station_vfs_gather()
  int defers;             // syncs are left to station_wal_sync()
  int synced;             // the file's name is on disk too: SQLite syncs the directory with the first sync
  sqlite3_file *real;     // behind this struct, in the same allocation
} WalFile;

static sqlite3_vfs *real_vfs;
static sqlite3_vfs station_vfs;

static int flush(WalFile *file) {
  if (file->length == 0) return SQLITE_OK;
  int length = file->length;
  // On failure the frames are dropped: SQLite undoes the commit, and the next one writes there again.
  file->length = 0;
  for (int done = 0; done < length; done += PIECE) {
    int count = length - done < PIECE ? length - done : PIECE;
    int code =
        file->real->pMethods->xWrite(file->real, file->buffer + done, count, file->start + done);
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

static int wal_close(sqlite3_file *base) {
  WalFile *file = (WalFile *)base;
  int flushed = flush(file);
  free(file->buffer);
  file->buffer = NULL;
  int closed = file->real->pMethods->xClose(file->real);
  return flushed != SQLITE_OK ? flushed : closed;
}

static int wal_read(sqlite3_file *base, void *to, int count, sqlite3_int64 offset) {
  WalFile *file = (WalFile *)base;
  if (file->length > 0 && offset < file->start + file->length && offset + count > file->start) {
    int flushed = flush(file);
    if (flushed != SQLITE_OK) return flushed;
  }
  return file->real->pMethods->xRead(file->real, to, count, offset);
}

static int wal_write(sqlite3_file *base, const void *from, int count, sqlite3_int64 offset) {
  WalFile *file = (WalFile *)base;
  if (!file->gathers) return file->real->pMethods->xWrite(file->real, from, count, offset);
  if (file->length > 0 && (offset != file->start + file->length || file->length + count > CAPACITY)) {
    int flushed = flush(file);
    if (flushed != SQLITE_OK) return flushed;
  }
  if (file->buffer == NULL && count <= CAPACITY) file->buffer = malloc(CAPACITY);
  if (file->buffer == NULL || count > CAPACITY) {
    return file->real->pMethods->xWrite(file->real, from, count, offset);
  }
  if (file->length == 0) file->start = offset;
  memcpy(file->buffer + file->length, from, (size_t)count);
  file->length += count;
  return SQLITE_OK;
}

static int wal_truncate(sqlite3_file *base, sqlite3_int64 size) {
  WalFile *file = (WalFile *)base;
  int flushed = flush(file);
  if (flushed != SQLITE_OK) return flushed;
  return file->real->pMethods->xTruncate(file->real, size);
}

static int wal_sync(sqlite3_file *base, int flags) {
  WalFile *file = (WalFile *)base;
  int flushed = flush(file);
  if (flushed != SQLITE_OK) return flushed;
  if (file->defers && file->synced) return SQLITE_OK;
  int code = file->real->pMethods->xSync(file->real, flags);
  if (code == SQLITE_OK) file->synced = 1;
  return code;
}

static int wal_size(sqlite3_file *base, sqlite3_int64 *size) {
  WalFile *file = (WalFile *)base;
  int flushed = flush(file);
  if (flushed != SQLITE_OK) return flushed;
  return file->real->pMethods->xFileSize(file->real, size);
}

static int wal_lock(sqlite3_file *base, int level) {
  sqlite3_file *real = ((WalFile *)base)->real;
  return real->pMethods->xLock(real, level);
}

static int wal_unlock(sqlite3_file *base, int level) {
  sqlite3_file *real = ((WalFile *)base)->real;
  return real->pMethods->xUnlock(real, level);
}

static int wal_check_lock(sqlite3_file *base, int *result) {
  sqlite3_file *real = ((WalFile *)base)->real;
  return real->pMethods->xCheckReservedLock(real, result);
}

static int wal_control(sqlite3_file *base, int operation, void *argument) {
  sqlite3_file *real = ((WalFile *)base)->real;
  return real->pMethods->xFileControl(real, operation, argument);
}

static int wal_sector(sqlite3_file *base) {
  sqlite3_file *real = ((WalFile *)base)->real;
  return real->pMethods->xSectorSize(real);
}

static int wal_characteristics(sqlite3_file *base) {
  sqlite3_file *real = ((WalFile *)base)->real;
  return real->pMethods->xDeviceCharacteristics(real);
}

static const sqlite3_io_methods wal_methods = {
    .iVersion = 1,
    .xClose = wal_close,
    .xRead = wal_read,
    .xWrite = wal_write,
    .xTruncate = wal_truncate,
    .xSync = wal_sync,
    .xFileSize = wal_size,
    .xLock = wal_lock,
    .xUnlock = wal_unlock,
    .xCheckReservedLock = wal_check_lock,
    .xFileControl = wal_control,
    .xSectorSize = wal_sector,
    .xDeviceCharacteristics = wal_characteristics,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out) {
  (void)vfs;
  // Everything but a WAL is the real VFS's own file, at no cost; a database's pages are scrubbed on their way out.
  if ((flags & SQLITE_OPEN_WAL) == 0) {
    int code = real_vfs->xOpen(real_vfs, name, base, flags, out);
    if (code == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_DB) != 0) station_scrub_attach(base);
    return code;
  }
  WalFile *file = (WalFile *)base;
  memset(file, 0, sizeof *file);
  file->real = (sqlite3_file *)(file + 1);
  memset(file->real, 0, (size_t)real_vfs->szOsFile);
  int code = real_vfs->xOpen(real_vfs, name, file->real, flags, out);
  if (code == SQLITE_OK) {
    file->base.pMethods = &wal_methods;
  } else if (file->real->pMethods != NULL) {
    file->real->pMethods->xClose(file->real);
  }
  return code;
}

static int installed;

static void install(void) {
  // Nobody asks SQLite how much memory it has, and counting takes a lock at every allocation. Too late where
  // something has used SQLite before: then it counts.
  (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  installed = sqlite3_initialize();
  if (installed != SQLITE_OK) return;
  sqlite3_vfs *found = sqlite3_vfs_find(NULL);
  if (found == NULL) {
    installed = SQLITE_ERROR;
    return;
  }
  // A copy that differs in how files are opened: the other methods take the VFS only to find its data.
  station_vfs = *found;
  station_vfs.zName = "station";
  station_vfs.szOsFile = (int)sizeof(WalFile) + found->szOsFile;
  station_vfs.xOpen = vfs_open;
  station_vfs.pNext = NULL;
  real_vfs = found;
  installed = sqlite3_vfs_register(&station_vfs, 1);
}

int station_vfs_install(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, install);
  return installed;
}

void *station_vfs_wal(void *connection) {
  sqlite3_file *file = NULL;
  int code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  // In WAL mode the "journal" is the WAL.
  if (code != SQLITE_OK || file == NULL || file->pMethods != &wal_methods) return NULL;
  return file;
}

int station_vfs_gather(void *connection) {
  WalFile *file = station_vfs_wal(connection);
  if (file == NULL) return SQLITE_MISUSE;
  file->gathers = 1;
  return SQLITE_OK;
}

void station_wal_defer(void *wal, int on) { ((WalFile *)wal)->defers = on; }

int station_wal_sync(void *wal) {
  sqlite3_file *real = ((WalFile *)wal)->real;
  return real->pMethods->xSync(real, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}
