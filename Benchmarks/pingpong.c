// The least that a call over a Unix stream socket can cost here: two processes, an epoll server that
// answers fixed bytes, a client that waits for each answer. No framing, no parsing.
#define _GNU_SOURCE
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

static void serve(int listener, const char *answer, size_t request_bytes, size_t answer_bytes) {
  int epoll = epoll_create1(0);
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
  if (fd < 0) die("accept: %s", strerror(errno));
  struct epoll_event event = {.events = EPOLLIN};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)) die("epoll_ctl: %s", strerror(errno));
  static char bytes[1 << 16];
  for (size_t have = 0;;) {
    if (epoll_wait(epoll, &event, 1, -1) < 1) continue;
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n == 0) exit(0);
    if (n < 0) continue;
    for (have += (size_t)n; have >= request_bytes; have -= request_bytes)
      if (write(fd, answer, answer_bytes) != (ssize_t)answer_bytes) die("server write: %s", strerror(errno));
  }
}

int main(int argc, char **argv) {
  static const char usage[] =
      "usage: pingpong --socket PATH [--request-bytes N] [--answer-bytes N] [--seconds S] [--warmup S]";
  const char *path = NULL;
  size_t request_bytes = 50, answer_bytes = 50;
  double seconds = 2, warmup = 0.2;
  for (int i = 1; i + 1 < argc; i += 2) {
    const char *name = argv[i], *value = argv[i + 1];
    if (!strcmp(name, "--socket")) path = value;
    else if (!strcmp(name, "--request-bytes")) request_bytes = (size_t)number_argument(name, value);
    else if (!strcmp(name, "--answer-bytes")) answer_bytes = (size_t)number_argument(name, value);
    else if (!strcmp(name, "--seconds")) seconds = number_argument(name, value);
    else if (!strcmp(name, "--warmup")) warmup = number_argument(name, value);
    else die("%s: unknown option\n%s", name, usage);
  }
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  static char request[1 << 16], answer[1 << 16];
  if (argc % 2 == 0 || !path || strlen(path) >= sizeof address.sun_path || !request_bytes || !answer_bytes ||
      request_bytes > sizeof request || answer_bytes > sizeof answer)
    die("%s", usage);
  memset(request, 'q', sizeof request);
  memset(answer, 'a', sizeof answer);
  strcpy(address.sun_path, path);
  unlink(path);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 8))
    die("%s: %s", path, strerror(errno));
  pid_t server = fork();
  if (server < 0) die("fork: %s", strerror(errno));
  if (!server) serve(listener, answer, request_bytes, answer_bytes);

  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address)) die("connect: %s", strerror(errno));
  struct samples latencies = {0};
  uint64_t before = now_ns();
  uint64_t from = before + (uint64_t)(warmup * 1e9), to = from + (uint64_t)(seconds * 1e9);
  while (before < to) {
    if (send(fd, request, request_bytes, MSG_NOSIGNAL) != (ssize_t)request_bytes) die("client write");
    static char bytes[1 << 16];
    for (size_t have = 0; have < answer_bytes;) {
      ssize_t n = recv(fd, bytes, sizeof bytes, 0);
      if (n <= 0) die("client read");
      have += (size_t)n;
    }
    uint64_t after = now_ns();
    if (before >= from) samples_add(&latencies, after - before);
    before = after;
  }
  close(fd);
  waitpid(server, NULL, 0);
  unlink(path);
  printf("{\"mode\":\"pingpong\",\"count\":%zu,\"request_bytes\":%zu,\"answer_bytes\":%zu,", latencies.count,
         request_bytes, answer_bytes);
  samples_print(&latencies);
  puts("}");
  return 0;
}
