#ifndef STATION_SQLITE_H
#define STATION_SQLITE_H

// Calls of sqlite3_db_config(), which is variadic and so out of Swift's reach.

/// Switches SQLITE_DBCONFIG_DEFENSIVE (set 1 or 0, or -1 to ask only) and returns its state, or -1.
int station_sqlite_defensive(void *connection, int set);

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

#endif
