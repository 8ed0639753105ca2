#ifndef STATION_CEXPAT_SHIM_H
#define STATION_CEXPAT_SHIM_H

#include <expat.h>

#endif
