#ifndef STATION_SQLITE_H
#define STATION_SQLITE_H

// Calls of sqlite3_db_config(), which is variadic and so out of Swift's reach.

/// Switches SQLITE_DBCONFIG_DEFENSIVE (set 1 or 0, or -1 to ask only) and returns its state, or -1.
int station_sqlite_defensive(void *connection, int set);

#endif
