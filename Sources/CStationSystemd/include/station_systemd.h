#ifndef STATION_SYSTEMD_H
#define STATION_SYSTEMD_H

/* Calls of Linux that Swift's view of the C library leaves out. Each gives -1 with errno where it fails. */

/* memfd_create(2) with MFD_CLOEXEC and MFD_ALLOW_SEALING. */
int station_memory_file(const char *name);

/* fcntl(2) with F_ADD_SEALS: seal, shrink, grow and write. */
int station_seal(int file);

/* sendmsg(2) of nothing but a descriptor (SCM_RIGHTS, unix(7)) to a socket address of that many bytes. */
int station_send_descriptor(int socket, const void *address, unsigned int size, int file);

#endif
