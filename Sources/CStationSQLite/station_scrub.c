#include "station_scrub.h"

#include <pthread.h>
#include <stddef.h>
#include <string.h>

// With `secure_delete=ON` SQLite overwrites a cell that is deleted. It does not overwrite the old place of a cell that
// balancing moved to another page: the copy stays in the page's unallocated space (fileformat2, 1.6: between the cell
// pointer array and the cell content area), and outlives the deletion of the cell. Nothing ever reads that space. In
// WAL mode pages reach the database by checkpoints only; here each loses what is in it.

enum { MAX_PAGE = 1 << 16, MIN_PAGE = 512, DATABASE_HEADER = 100 };

// The first byte of a page that is no b-tree page is the high byte of a page number (or of nothing). Up to this many
// pages (128 GiB of 4 KiB) it is 0 or 1, which is no type of a b-tree page; a larger database is written as it is.
static const sqlite3_int64 MAX_PAGES = 0x01ffffff;

static sqlite3_io_methods methods;
static int (*real_write)(sqlite3_file *, const void *, int, sqlite3_int64);

static unsigned number(const unsigned char *at) { return (unsigned)at[0] << 8 | at[1]; }

/// Where the unallocated space of a page begins and how long it is; 0 where there is none to be sure of.
static int unused_space(const unsigned char *page, int size, sqlite3_int64 offset, int *start) {
  int header = offset == 0 ? DATABASE_HEADER : 0;
  unsigned char type = page[header];
  int head;
  if (type == 2 || type == 5) {
    head = 12;
  } else if (type == 10 || type == 13) {
    head = 8;
  } else {
    return 0;
  }
  int cells = (int)number(page + header + 3);
  int content = (int)number(page + header + 5);
  if (content == 0) content = MAX_PAGE;
  int end = header + head + 2 * cells;
  if (content > size || end > content) return 0;
  *start = end;
  return content - end;
}

static int scrub_write(sqlite3_file *file, const void *from, int size, sqlite3_int64 offset) {
  int is_page = size >= MIN_PAGE && size <= MAX_PAGE && (size & (size - 1)) == 0 && offset % size == 0 &&
                offset / size < MAX_PAGES;
  int start = 0;
  int length = is_page ? unused_space(from, size, offset, &start) : 0;
  if (length == 0) return real_write(file, from, size, offset);
  unsigned char page[MAX_PAGE];
  memcpy(page, from, (size_t)size);
  memset(page + start, 0, (size_t)length);
  return real_write(file, page, size, offset);
}

void station_scrub_attach(sqlite3_file *file) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  // All database files of one VFS have the same methods: one copy serves them all.
  if (real_write == NULL) {
    methods = *file->pMethods;
    real_write = methods.xWrite;
    methods.xWrite = scrub_write;
  }
  if (file->pMethods->xWrite == real_write && file->pMethods->iVersion == methods.iVersion) file->pMethods = &methods;
  pthread_mutex_unlock(&lock);
}
