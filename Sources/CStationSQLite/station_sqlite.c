#include "station_sqlite.h"

#include <sqlite3.h>

int station_sqlite_defensive(void *connection, int set) {
  int state = -1;
  if (sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, set, &state) != SQLITE_OK) return -1;
  return state;
}
