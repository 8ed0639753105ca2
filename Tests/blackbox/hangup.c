// Connects, leaves calls pending and hangs up, again and again:
//   hangup SOCKET COUNT SEED
// prints how many connections it made. A connection that is refused for the moment is tried again.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static const char *const messages[] = {
  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.ping\"}\n",
  "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"directory.unit.list\",\"params\":{\"limit\":50}}\n",
  "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"events.subscribe\",\"params\":{\"since\":0}}\n",
  "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"support.list\",\"params\":{\"limit\":10}}\n",
  "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"rpc.discover\"}\n",
  "{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"support.open\",\"params\":{\"scenario\":2,\"station\":\"st-01\","
  "\"urgency\":\"routine\",\"summary\":\"x\",\"facts\":{\"officers_available\":4,\"persons_involved\":30}}}\n",
  "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"sys",
  "Content-Length: 100\r\n\r\n{",
  "{]\n",
  "[{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"system.ping\"},{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"x.y\"}]\n",
};

static unsigned state;

static unsigned pick(unsigned below) {
  state = state * 1664525u + 1013904223u;
  return (state >> 8) % below;
}

static int connected(const struct sockaddr_un *address) {
  for (int attempt = 0; attempt < 20000; attempt++) {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0) return fd;
    const int reason = errno;
    close(fd);
    if (reason != EAGAIN && reason != EINTR) return -1;
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  }
  return -1;
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(arguments[1]) >= sizeof address.sun_path) return 2;
  strcpy(address.sun_path, arguments[1]);
  const long wanted = strtol(arguments[2], NULL, 10);
  state = (unsigned)strtoul(arguments[3], NULL, 10);
  long made = 0;
  for (; made < wanted; made++) {
    const int fd = connected(&address);
    if (fd < 0) {
      perror("connect");
      break;
    }
    const unsigned calls = 1 + pick(3);
    for (unsigned call = 0; call < calls; call++) {
      // Writes, which cost a sync each, are one in fifty.
      unsigned which = pick(sizeof messages / sizeof *messages);
      if (which == 5 && pick(5) != 0) which = 0;
      const char *text = messages[which];
      if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0) break;
    }
    char byte;
    switch (pick(4)) {
    case 0: shutdown(fd, SHUT_WR); break;
    case 1: (void)!recv(fd, &byte, 1, MSG_DONTWAIT); break;
    case 2: shutdown(fd, SHUT_RD); break;
    default: break;
    }
    close(fd);
  }
  printf("%ld\n", made);
  return made == wanted ? 0 : 1;
}
