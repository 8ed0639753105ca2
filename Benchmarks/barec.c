// The bare loop the daemon's writes are measured against: C, SQLite, prepared statements, one process,
// no socket, no JSON, no hashing. Per operation one record (three secondary indexes) and one audit row;
// `--batch` operations a commit; WAL, synchronous=FULL, SQLite's own autocheckpoint.
//
// With --raw there is no SQLite either: the same bytes are appended to a file, one fdatasync a batch.
// It is the floor that the disk sets.
#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <unistd.h>

#include "bench.h"

enum { pool_size = 1 << 16, payload_limit = 1 << 14 };

static struct {
  const char *database;
  unsigned batch;
  size_t record_bytes, audit_bytes;
  uint64_t prefill;
  double seconds, warmup;
  bool raw;
} options = {.batch = 32, .record_bytes = 700, .audit_bytes = 500, .seconds = 5};

static sqlite3 *database;
static char pool[pool_size + payload_limit];
static uint64_t random_state = 0x9E3779B97F4A7C15u, written;

static void must(int code, const char *what) {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
    die("%s: %s", what, database ? sqlite3_errmsg(database) : sqlite3_errstr(code));
}

static void run_sql(const char *sql) { must(sqlite3_exec(database, sql, NULL, NULL, NULL), sql); }

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  must(sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), sql);
  return statement;
}

static sqlite3_stmt *begin_statement, *commit_statement, *record_statement, *audit_statement;

static void open_database(void) {
  must(sqlite3_open(options.database, &database), options.database);
  run_sql("PRAGMA journal_mode=WAL");
  run_sql("PRAGMA synchronous=FULL");
  run_sql("CREATE TABLE IF NOT EXISTS record (id BLOB PRIMARY KEY, version INTEGER NOT NULL,"
          " station TEXT NOT NULL, state TEXT NOT NULL, due INTEGER NOT NULL, body TEXT NOT NULL)");
  run_sql("CREATE INDEX IF NOT EXISTS record_station ON record (station, id)");
  run_sql("CREATE INDEX IF NOT EXISTS record_state ON record (state, id)");
  run_sql("CREATE INDEX IF NOT EXISTS record_due ON record (due)");
  run_sql("CREATE TABLE IF NOT EXISTS audit (sequence INTEGER PRIMARY KEY, leaf BLOB NOT NULL)");
  begin_statement = prepare("BEGIN IMMEDIATE");
  commit_statement = prepare("COMMIT");
  record_statement = prepare("INSERT INTO record VALUES (?, 1, ?, 'open', ?, ?)");
  audit_statement = prepare("INSERT INTO audit (leaf) VALUES (?)");
}

static void step(sqlite3_stmt *statement, const char *what) {
  must(sqlite3_step(statement), what);
  must(sqlite3_reset(statement), what);
}

static const char *payload(void) { return pool + random_next(&random_state) % pool_size; }

/// A UUIDv7: 48 bits of milliseconds, then random bits.
static void make_id(uint8_t id[16]) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  uint64_t ms = (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
  uint64_t a = random_next(&random_state), b = random_next(&random_state);
  for (int i = 0; i < 6; i++) id[i] = (uint8_t)(ms >> (40 - 8 * i));
  memcpy(id + 6, &a, 2);
  memcpy(id + 8, &b, 8);
  id[6] = (uint8_t)((id[6] & 0x0F) | 0x70);
  id[8] = (uint8_t)((id[8] & 0x3F) | 0x80);
}

static void write_batch(void) {
  step(begin_statement, "begin");
  for (unsigned i = 0; i < options.batch; i++) {
    uint8_t id[16];
    char station[6];
    make_id(id);
    memcpy(station, "st-00", 6);
    unsigned number = (unsigned)(written % 12 + 1);
    station[3] = (char)('0' + number / 10);
    station[4] = (char)('0' + number % 10);
    sqlite3_bind_blob(record_statement, 1, id, sizeof id, SQLITE_STATIC);
    sqlite3_bind_text(record_statement, 2, station, 5, SQLITE_STATIC);
    sqlite3_bind_int64(record_statement, 3, (sqlite3_int64)(written * 40 + random_state % 3600000));
    sqlite3_bind_text(record_statement, 4, payload(), (int)options.record_bytes, SQLITE_STATIC);
    step(record_statement, "record");
    sqlite3_bind_blob(audit_statement, 1, payload(), (int)options.audit_bytes, SQLITE_STATIC);
    step(audit_statement, "audit");
    written++;
  }
  step(commit_statement, "commit");
}

static int raw_file = -1;

static void write_raw_batch(void) {
  size_t length = options.record_bytes + options.audit_bytes;
  static char *bytes;
  if (!bytes && !(bytes = malloc(length * options.batch))) die("out of memory");
  for (unsigned i = 0; i < options.batch; i++) memcpy(bytes + i * length, pool + i, length);
  // The file wraps, as a WAL does, so that most writes land in blocks that exist.
  off_t at = (off_t)(written / options.batch * options.batch * length % (4u << 20));
  if (pwrite(raw_file, bytes, length * options.batch, at) != (ssize_t)(length * options.batch))
    die("write: %s", strerror(errno));
  if (fdatasync(raw_file)) die("fdatasync: %s", strerror(errno));
  written += options.batch;
}

int main(int argc, char **argv) {
  static const char usage[] = "usage: barec --db PATH [--batch N] [--seconds S] [--warmup S] [--prefill N]\n"
                              "  [--record-bytes N] [--audit-bytes N] [--raw]";
  for (int i = 1; i < argc; i++) {
    const char *name = argv[i];
    if (!strcmp(name, "--raw")) {
      options.raw = true;
      continue;
    }
    const char *value = argv[++i];
    if (!value) die("%s", usage);
    if (!strcmp(name, "--db")) options.database = value;
    else if (!strcmp(name, "--batch")) options.batch = (unsigned)number_argument(name, value);
    else if (!strcmp(name, "--record-bytes")) options.record_bytes = (size_t)number_argument(name, value);
    else if (!strcmp(name, "--audit-bytes")) options.audit_bytes = (size_t)number_argument(name, value);
    else if (!strcmp(name, "--prefill")) options.prefill = (uint64_t)number_argument(name, value);
    else if (!strcmp(name, "--seconds")) options.seconds = number_argument(name, value);
    else if (!strcmp(name, "--warmup")) options.warmup = number_argument(name, value);
    else die("%s: unknown option\n%s", name, usage);
  }
  if (!options.database || !options.batch) die("%s", usage);
  if (options.record_bytes > payload_limit || options.audit_bytes > payload_limit)
    die("a payload has at most %d bytes", payload_limit);
  for (size_t i = 0; i < sizeof pool; i++) pool[i] = (char)(' ' + random_next(&random_state) % 95);

  if (options.raw) {
    raw_file = open(options.database, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (raw_file < 0) die("%s: %s", options.database, strerror(errno));
  } else {
    open_database();
  }
  void (*batch)(void) = options.raw ? write_raw_batch : write_batch;
  if (options.prefill) {
    unsigned asked = options.batch;
    options.batch = 1000;
    while (written < options.prefill) batch();
    options.batch = asked;
  }
  struct samples latencies = {0};
  uint64_t start = now_ns(), before;
  uint64_t from = start + (uint64_t)(options.warmup * 1e9), to = from + (uint64_t)(options.seconds * 1e9);
  while ((before = now_ns()) < from) batch();
  start = before;
  uint64_t first = written;
  double cpu = cpu_us();
  while (before < to) {
    batch();
    uint64_t after = now_ns();
    samples_add(&latencies, after - before);
    before = after;
  }
  double elapsed = (double)(before - start) / 1e9, count = (double)(written - first);
  printf("{\"mode\":\"%s\",\"batch\":%u,\"rate\":%.1f,\"count\":%.0f,", options.raw ? "raw" : "sqlite",
         options.batch, count / elapsed, count);
  samples_print(&latencies);
  printf(",\"elapsed_s\":%.4f,\"cpu_us_per_operation\":%.2f,\"sqlite\":\"%s\"}\n", elapsed,
         (cpu_us() - cpu) / count, sqlite3_libversion());
  if (database) {
    sqlite3_finalize(begin_statement);
    sqlite3_finalize(commit_statement);
    sqlite3_finalize(record_statement);
    sqlite3_finalize(audit_statement);
    sqlite3_close(database);
  }
  return 0;
}
