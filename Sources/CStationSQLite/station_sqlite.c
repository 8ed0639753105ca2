#include "station_sqlite.h"

#include <sqlite3.h>

int station_sqlite_switch(void *connection, int option, int set) {
  int state = -1;
  if (sqlite3_db_config(connection, option, set, &state) != SQLITE_OK) return -1;
  return state;
}
