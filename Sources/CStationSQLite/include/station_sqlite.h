#ifndef STATION_SQLITE_H
#define STATION_SQLITE_H

// Calls of sqlite3_db_config(), which is variadic and so out of Swift's reach.

/// Switches one of the options that are on or off, SQLITE_DBCONFIG_… (set 1 or 0, or -1 to ask only), and returns its
/// state, or -1.
int station_sqlite_switch(void *connection, int option, int set);

/// Adds a default VFS whose write-ahead logs can gather writes. Call before a database is opened; again does
/// nothing. Returns an SQLite result code.
int station_vfs_install(void);

/// From now on this connection's WAL gathers what is written to it and writes it in a few large pieces when
/// it is synced. Returns an SQLite result code.
///
/// SQLite writes a commit to the WAL as two small writes a page, then syncs, and only then tells other
/// connections of the frames (in the wal-index). So nobody looks at the frames before the sync. This holds
/// for synchronous=FULL alone, where every commit ends in a sync: with NORMAL the frames would be told of
/// before they are written. Set FULL first, and never lower it again.
int station_vfs_gather(void *connection);

/// The connection's WAL, for the two calls below; NULL if it is not one of this VFS's. It lives as long as the
/// connection.
void *station_vfs_wal(void *connection);

/// Whether SQLite's syncs of this WAL do nothing but write out what was gathered, because whoever set this calls
/// station_wal_sync() before anyone is told of the commit. Never while a checkpoint runs: the database must not
/// be written before the WAL is on disk. On the connection's thread. The first sync of a file is never left out.
void station_wal_defer(void *wal, int on);

/// Waits until what was written to the WAL so far is on disk. On any thread, one call at a time, also while the
/// connection goes on. Returns an SQLite result code.
int station_wal_sync(void *wal);

#endif
