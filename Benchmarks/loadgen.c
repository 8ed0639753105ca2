// A load generator for newline-framed JSON-RPC 2.0 on a Unix stream socket.
//
// It shares the machine with the daemon it measures, so it does as little as it can: answers are cut
// with memchr and never parsed, requests are rendered by memcpy, and each connection gets one write
// for each wake-up.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bench.h"

enum { slots = 1 << 16, texts = 256, text_room = 256, answer_limit = 64 << 20 };

enum token { literal, token_n, token_scenario, token_station, token_text, token_run, token_pick, token_card };

struct piece {
  enum token token;
  const char *bytes;
  size_t length;  // of the bytes; of a card, which of the request's ten
};

struct buffer {
  char *bytes;
  size_t start, end, capacity;
};

struct connection {
  int fd;
  bool waiting_to_write;
  uint64_t opened;
  struct buffer in, out;
};

static struct {
  const char *mode, *socket, *template, *run;
  unsigned inflight, connections;
  uint64_t count, first, among;
  double seconds, warmup;
} options = {.template = "{\"jsonrpc\":\"2.0\",\"id\":{n},\"method\":\"system.ping\"}",
             .run = "run", .inflight = 1, .connections = 1, .first = 1, .among = 1};

static struct piece pieces[64];
static size_t piece_count;
static char text_pool[texts][text_room];
static size_t text_length[texts];
static uint64_t random_state = 0x9E3779B97F4A7C15u;

// Answers are matched to requests by id: a connection may answer out of order.
static uint64_t slot_id[slots], slot_sent[slots];

static struct samples latencies;
static uint64_t next_id, issued, answered, measured, errors, bytes_out, bytes_in;
static uint64_t start, measure_from, stop_at, first_measured, last_measured;
static double cpu_from;
static char first_error[1024];
static volatile sig_atomic_t interrupted;

static void on_signal(int number) {
  (void)number;
  interrupted = 1;
}

static void *grow(void *bytes, size_t size) {
  bytes = realloc(bytes, size);
  if (!bytes) die("out of memory");
  return bytes;
}

static void buffer_reserve(struct buffer *b, size_t room) {
  if (b->start == b->end) b->start = b->end = 0;
  if (b->capacity - b->end >= room) return;
  if (b->start) {
    memmove(b->bytes, b->bytes + b->start, b->end - b->start);
    b->end -= b->start;
    b->start = 0;
  }
  if (b->capacity - b->end >= room) return;
  while (b->capacity - b->end < room) b->capacity = b->capacity ? b->capacity * 2 : 1 << 16;
  if (b->capacity > answer_limit) die("an answer of more than %d bytes", answer_limit);
  b->bytes = grow(b->bytes, b->capacity);
}

// MARK: Requests

static void fill_texts(void) {
  // As a duty officer writes: Chinese with case numbers and plates. About 200 bytes each.
  static const char *const phrases[] = {
      "群众报称在市场附近发生纠纷",
      "请求技术部门协助调取监控",
      "现场已有两名民警处置",
      "涉案车辆 plate ",
      "嫌疑账户 account ",
      "需要法医到场",
      "涉及多人聚集",
      "case no. ",
      "老人走失请求协查",
      "电子数据需要固定",
      "等待支援回复",
      "ref "};
  const size_t phrase_count = sizeof phrases / sizeof *phrases;
  for (size_t i = 0; i < texts; i++) {
    size_t length = 0;
    while (length < 180) {
      const char *phrase = phrases[random_next(&random_state) % phrase_count];
      unsigned number = (unsigned)(random_next(&random_state) % 1000000);
      length += (size_t)snprintf(text_pool[i] + length, text_room - length, "%s%06u ", phrase, number);
    }
    text_length[i] = length;
  }
}

static void parse_template(const char *text) {
  static const struct { const char *name; enum token token; } tokens[] = {
      {"{n}", token_n},             {"{scenario}", token_scenario}, {"{station}", token_station},
      {"{text}", token_text},       {"{run}", token_run},           {"{pick}", token_pick},
      {"{card", token_card}};
  size_t length = strcspn(text, "\r\n");
  const char *end = text + length, *from = text;
  for (const char *p = text; p <= end;) {
    size_t match = 0, i;
    for (i = 0; p < end && i < sizeof tokens / sizeof *tokens; i++) {
      match = strlen(tokens[i].name);
      if (!strncmp(p, tokens[i].name, match)) break;
      match = 0;
    }
    if (!match && p < end) {
      p++;
      continue;
    }
    if (piece_count + 2 > sizeof pieces / sizeof *pieces) die("too many tokens in the request");
    if (p > from) pieces[piece_count++] = (struct piece){literal, from, (size_t)(p - from)};
    if (p == end) break;
    size_t which = 0;
    if (tokens[i].token == token_card) {
      if (p[match] < '0' || p[match] > '9' || p[match + 1] != '}') die("a card is {card0} to {card9}");
      which = (size_t)(p[match] - '0');
      match += 2;
    }
    pieces[piece_count++] = (struct piece){tokens[i].token, NULL, which};
    p += match;
    from = p;
  }
  pieces[piece_count++] = (struct piece){literal, "\n", 1};
}

static size_t put_number(char *to, uint64_t n) {
  char digits[20];
  size_t length = 0;
  do digits[length++] = (char)('0' + n % 10);
  while (n /= 10);
  for (size_t i = 0; i < length; i++) to[i] = digits[length - 1 - i];
  return length;
}

/// A card number of 19 digits with its check digit (ISO/IEC 7812-1, Luhn): each request has ten of its own.
static size_t put_card(char *to, uint64_t n, size_t which) {
  static const char prefix[] = "622202";
  snprintf(to, 19, "%s%012lu", prefix, (n * 10 + which) % 1000000000000u);
  unsigned sum = 0;
  for (int i = 0; i < 18; i++) {
    // From the right, beginning beside the check digit, every other digit counts twice.
    unsigned digit = (unsigned)(to[17 - i] - '0') * (i % 2 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  to[18] = (char)('0' + (10 - sum % 10) % 10);
  return 19;
}

/// Renders the next request into `c->out` and starts its clock.
static void issue(struct connection *c, uint64_t now) {
  uint64_t id = next_id++;
  if (slot_id[id % slots]) die("request %lu has had no answer for %d others", slot_id[id % slots], slots);
  slot_id[id % slots] = id;
  slot_sent[id % slots] = now;
  size_t run_length = strlen(options.run);
  size_t before = c->out.end - c->out.start;
  for (size_t i = 0; i < piece_count; i++) {
    const struct piece *piece = &pieces[i];
    buffer_reserve(&c->out, piece->length + run_length + text_room);
    char *to = c->out.bytes + c->out.end;
    size_t length = piece->length;
    switch (piece->token) {
      case literal: memcpy(to, piece->bytes, length); break;
      case token_n: length = put_number(to, id); break;
      case token_scenario: length = put_number(to, id % 22 + 1); break;
      case token_station:
        memcpy(to, "st-00", length = 5);
        to[3] = (char)('0' + (id % 12 + 1) / 10);
        to[4] = (char)('0' + (id % 12 + 1) % 10);
        break;
      case token_text: {
        size_t t = random_next(&random_state) % texts;
        memcpy(to, text_pool[t], length = text_length[t]);
        break;
      }
      case token_run: memcpy(to, options.run, length = run_length); break;
      case token_pick: length = (size_t)sprintf(to, "%06lu", id % options.among + 1); break;
      case token_card: length = put_card(to, id, piece->length); break;
    }
    c->out.end += length;
  }
  issued++;
  bytes_out += c->out.end - c->out.start - before;
}

// MARK: Answers

/// The integer id of an answer; 0 when it has none.
static uint64_t answer_id(const char *line, size_t length) {
  static const char key[] = "\"id\":";
  const size_t key_length = sizeof key - 1;
  // First where servers put it, at the front; else the last one, so that an "id" inside a result
  // that comes first is not taken for it.
  const char *at = memmem(line, length < 32 ? length : 32, key, key_length);
  if (!at || memchr(line + 1, '{', (size_t)(at - line - 1))) {
    at = NULL;
    for (const char *p = line; (p = memmem(p, (size_t)(line + length - p), key, key_length)); p++) at = p;
  }
  if (!at) return 0;
  uint64_t id = 0;
  for (at += key_length; at < line + length && *at >= '0' && *at <= '9'; at++)
    id = id * 10 + (uint64_t)(*at - '0');
  return id;
}

/// True when the first of "result" and "error" in the answer is "result": ids here are numbers, so no
/// other text can precede the member at the top level.
static bool answer_is_result(const char *line, size_t length) {
  for (const char *p = line, *end = line + length; (p = memchr(p, '"', (size_t)(end - p))); p++) {
    if (end - p >= 9 && !memcmp(p, "\"result\":", 9)) return true;
    if (end - p >= 8 && !memcmp(p, "\"error\":", 8)) return false;
  }
  return false;
}

static void note_error(const char *what, const char *line, size_t length) {
  if (!errors++)
    snprintf(first_error, sizeof first_error, "%s: %.*s", what, (int)(length < 900 ? length : 900), line);
}

static void take_answer(const char *line, size_t length, uint64_t now) {
  uint64_t id = answer_id(line, length);
  if (!answer_is_result(line, length)) note_error("error answer", line, length);
  else if (!id || slot_id[id % slots] != id) note_error("answer to nothing", line, length);
  if (!id || slot_id[id % slots] != id) return;
  slot_id[id % slots] = 0;
  answered++;
  bytes_in += length + 1;
  if (now < measure_from) return;
  if (!first_measured) {
    // The interval starts at an answer that is itself not counted.
    first_measured = last_measured = now;
    cpu_from = cpu_us();
    return;
  }
  last_measured = now;
  measured++;
  samples_add(&latencies, now - slot_sent[id % slots]);
}

static bool may_issue(uint64_t now) {
  if (interrupted || errors) return false;
  return options.count ? issued < options.count : now < stop_at;
}

/// Reads what is there; false at the end of the stream.
static bool read_some(struct connection *c, int flags) {
  buffer_reserve(&c->in, 1 << 16);
  ssize_t n = recv(c->fd, c->in.bytes + c->in.end, c->in.capacity - c->in.end, flags);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  c->in.end += (size_t)n;
  return n > 0;
}

/// Takes every whole line out of `c->in`; the number of answers in it.
static unsigned take_lines(struct connection *c, uint64_t now) {
  unsigned lines = 0;
  size_t searched = c->in.start;
  char *end;
  while ((end = memchr(c->in.bytes + searched, '\n', c->in.end - searched))) {
    char *line = c->in.bytes + c->in.start;
    if (end > line) {
      take_answer(line, (size_t)(end - line), now);
      lines++;
    }
    searched = c->in.start = (size_t)(end + 1 - c->in.bytes);
  }
  return lines;
}

// MARK: Connections

static int connect_socket(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(options.socket) >= sizeof address.sun_path) die("socket path too long: %s", options.socket);
  strcpy(address.sun_path, options.socket);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket: %s", strerror(errno));
  if (connect(fd, (struct sockaddr *)&address, sizeof address))
    die("connect %s: %s", options.socket, strerror(errno));
  return fd;
}

static void watch(int epoll, struct connection *c, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = c};
  if (epoll_ctl(epoll, operation, c->fd, &event)) die("epoll_ctl: %s", strerror(errno));
}

/// Writes what is rendered; asks for a wake-up when the socket is full.
static void flush_out(int epoll, struct connection *c) {
  while (c->out.start < c->out.end) {
    ssize_t n = send(c->fd, c->out.bytes + c->out.start, c->out.end - c->out.start,
                     MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno != EAGAIN) die("send: %s", strerror(errno));
    if (n < 0) {
      if (!c->waiting_to_write) watch(epoll, c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
      c->waiting_to_write = true;
      return;
    }
    c->out.start += (size_t)n;
  }
  if (c->waiting_to_write) watch(epoll, c, EPOLL_CTL_MOD, EPOLLIN);
  c->waiting_to_write = false;
}

static void begin(void) {
  next_id = options.first;
  start = now_ns();
  measure_from = start + (uint64_t)(options.warmup * 1e9);
  stop_at = measure_from + (uint64_t)(options.seconds * 1e9);
}

static void run_single(void) {
  // One call at a time needs no epoll: a blocking read is what the cheapest client would do.
  struct connection c = {.fd = connect_socket()};
  for (uint64_t now = now_ns(); may_issue(now);) {
    issue(&c, now);
    while (c.out.start < c.out.end) {
      ssize_t n = send(c.fd, c.out.bytes + c.out.start, c.out.end - c.out.start, MSG_NOSIGNAL);
      if (n < 0 && errno != EINTR) die("send: %s", strerror(errno));
      if (n > 0) c.out.start += (size_t)n;
    }
    do {
      if (!read_some(&c, 0)) die("the daemon closed the connection");
      now = now_ns();
    } while (!take_lines(&c, now) && !interrupted);
  }
}

static void run_many(void) {
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct connection *all = calloc(options.connections, sizeof *all);
  if (!all) die("out of memory");
  for (unsigned i = 0; i < options.connections; i++) {
    all[i].fd = connect_socket();
    watch(epoll, &all[i], EPOLL_CTL_ADD, EPOLLIN);
  }
  begin();
  for (unsigned i = 0; i < options.inflight; i++)
    if (may_issue(start)) issue(&all[i % options.connections], start);
  for (unsigned i = 0; i < options.connections; i++) flush_out(epoll, &all[i]);
  struct epoll_event events[64];
  uint64_t last_progress = now_ns();
  while (answered < issued && !errors && !interrupted) {
    int n = epoll_wait(epoll, events, 64, 1000);
    uint64_t now = now_ns();
    if (n > 0) last_progress = now;
    if (now - last_progress > 60000000000u) die("no answer for 60 s, %lu owed", issued - answered);
    for (int i = 0; i < n; i++) {
      struct connection *c = events[i].data.ptr;
      if (events[i].events & ~(uint32_t)EPOLLOUT) {
        if (!read_some(c, MSG_DONTWAIT)) die("the daemon closed the connection");
        for (unsigned lines = take_lines(c, now); lines && may_issue(now); lines--) issue(c, now);
      }
      flush_out(epoll, c);
    }
  }
}

static void run_connect(void) {
  // Connect, one call, close: the accept path of the daemon, `inflight` at a time.
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct connection *all = calloc(options.inflight, sizeof *all);
  if (!all) die("out of memory");
  unsigned open = 0;
  struct epoll_event events[64];
  uint64_t now = now_ns();
  for (unsigned i = 0; i < options.inflight; i++) all[i].fd = -1;
  struct connection *idle[64];
  unsigned idle_count = 0;
  for (unsigned i = 0; i < options.inflight; i++) idle[idle_count++] = &all[i];
  for (;;) {
    while (idle_count && may_issue(now)) {
      struct connection *c = idle[--idle_count];
      uint64_t opened = now_ns();
      c->fd = connect_socket();
      c->in.start = c->in.end = c->out.start = c->out.end = 0;
      watch(epoll, c, EPOLL_CTL_ADD, EPOLLIN);
      issue(c, opened);
      flush_out(epoll, c);
      open++;
    }
    if (!open || interrupted || errors) break;
    int n = epoll_wait(epoll, events, 64, 10000);
    if (!n) die("no answer for 10 s");
    now = now_ns();
    for (int i = 0; i < n; i++) {
      struct connection *c = events[i].data.ptr;
      if (!read_some(c, MSG_DONTWAIT)) die("the daemon closed the connection before it answered");
      if (!take_lines(c, now)) continue;
      close(c->fd);
      idle[idle_count++] = c;
      open--;
    }
  }
}

static void run_idle(void) {
  // Each connection makes one call first: a connection that was never read costs the daemon less.
  for (unsigned i = 0; i < options.connections; i++) {
    struct connection c = {.fd = connect_socket()};
    issue(&c, now_ns());
    if (send(c.fd, c.out.bytes, c.out.end, MSG_NOSIGNAL) != (ssize_t)c.out.end)
      die("send on connection %u: %s", i, strerror(errno));
    do
      if (!read_some(&c, 0)) die("the daemon closed connection %u", i);
    while (!take_lines(&c, now_ns()) && !interrupted);
    free(c.in.bytes);
    free(c.out.bytes);
    if (errors || interrupted) return;
  }
  printf("{\"connected\":%u}\n", options.connections);
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0 && !interrupted) continue;
}

static void report(void) {
  double elapsed = (double)(last_measured - first_measured) / 1e9;
  double cpu = cpu_us() - cpu_from;
  printf("{\"mode\":\"%s\",\"rate\":%.1f,\"count\":%lu,\"errors\":%lu,", options.mode,
         elapsed > 0 ? (double)measured / elapsed : 0, measured, errors);
  samples_print(&latencies);
  printf(",\"elapsed_s\":%.4f,\"answered\":%lu,\"request_bytes\":%.1f,\"answer_bytes\":%.1f,"
         "\"client_cpu_us_per_call\":%.2f}\n",
         elapsed, answered, issued ? (double)bytes_out / (double)issued : 0,
         answered ? (double)bytes_in / (double)answered : 0, measured ? cpu / (double)measured : 0);
}

static const char *file_text(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) die("%s: %s", path, strerror(errno));
  char *text = grow(NULL, 1 << 20);
  size_t length = fread(text, 1, (1 << 20) - 1, file);
  fclose(file);
  text[length] = 0;
  return text;
}

static const char usage[] =
    "usage: loadgen call|connect|idle --socket PATH [--template FILE | --request TEXT]\n"
    "  [--inflight K] [--conns C] [--seconds S | --count N] [--warmup S] [--first ID] [--run TAG] [--among N]\n"
    "tokens in a request: {n} {scenario} {station} {text} {run} {card0}..{card9}, {pick} from 000001 to N";

int main(int argc, char **argv) {
  if (argc < 2) die("%s", usage);
  options.mode = argv[1];
  for (int i = 2; i < argc; i += 2) {
    const char *name = argv[i], *value = argv[i + 1];
    if (!value) die("%s", usage);
    if (!strcmp(name, "--socket")) options.socket = value;
    else if (!strcmp(name, "--template")) options.template = file_text(value);
    else if (!strcmp(name, "--request")) options.template = value;
    else if (!strcmp(name, "--run")) options.run = value;
    else if (!strcmp(name, "--inflight")) options.inflight = (unsigned)number_argument(name, value);
    else if (!strcmp(name, "--conns")) options.connections = (unsigned)number_argument(name, value);
    else if (!strcmp(name, "--count")) options.count = (uint64_t)number_argument(name, value);
    else if (!strcmp(name, "--among")) options.among = (uint64_t)number_argument(name, value);
    else if (!strcmp(name, "--first")) options.first = (uint64_t)number_argument(name, value);
    else if (!strcmp(name, "--seconds")) options.seconds = number_argument(name, value);
    else if (!strcmp(name, "--warmup")) options.warmup = number_argument(name, value);
    else die("%s: unknown option\n%s", name, usage);
  }
  if (!options.socket || !options.first || !options.inflight || !options.connections || !options.among) die("%s", usage);
  if (options.inflight > slots / 4) die("--inflight is at most %d", slots / 4);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  fill_texts();
  parse_template(options.template);
  begin();

  if (!strcmp(options.mode, "idle")) {
    run_idle();
  } else {
    if (!options.count && options.seconds <= 0) die("either --seconds or --count\n%s", usage);
    if (!strcmp(options.mode, "connect")) {
      if (options.inflight > 64) die("connect: --inflight is at most 64");
      run_connect();
    } else if (strcmp(options.mode, "call")) {
      die("%s", usage);
    } else if (options.inflight == 1 && options.connections == 1) {
      run_single();
    } else {
      run_many();
    }
    report();
  }
  if (errors) die("void: %s", first_error);
  if (interrupted) return 130;
  return 0;
}
