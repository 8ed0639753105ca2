#ifndef STATION_SCRUB_H
#define STATION_SCRUB_H

#include <sqlite3.h>

/// Makes writes to a database file that was just opened leave out what its b-tree pages hold in their unused space.
void station_scrub_attach(sqlite3_file *file);

#endif
