// What the native benchmark programs share: a clock, exact latency samples, small argument helpers.
#ifndef STATIOND_BENCH_H
#define STATIOND_BENCH_H

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

__attribute__((noreturn, format(printf, 1, 2))) static inline void die(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(1);
}

/// Monotonic time, nanoseconds.
static inline uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/// User and system time of this process, microseconds.
static inline double cpu_us(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
         (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/// Every latency as it was measured (no buckets), so that percentiles are exact.
struct samples {
  uint64_t *values;
  size_t count, capacity;
};

static inline void samples_add(struct samples *s, uint64_t ns) {
  if (s->count == s->capacity) {
    s->capacity = s->capacity ? s->capacity * 2 : 1 << 16;
    s->values = realloc(s->values, s->capacity * sizeof *s->values);
    if (!s->values) die("out of memory");
  }
  s->values[s->count++] = ns;
}

static int samples_compare(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

/// The latency at quantile `q` (0...1), microseconds; the samples must be sorted.
static inline double samples_at(const struct samples *s, double q) {
  if (!s->count) return 0;
  size_t i = (size_t)(q * (double)s->count);
  if (i >= s->count) i = s->count - 1;
  return (double)s->values[i] / 1000.0;
}

/// Sorts, then prints the latency members of a JSON object, without braces.
static inline void samples_print(struct samples *s) {
  if (s->count) qsort(s->values, s->count, sizeof *s->values, samples_compare);
  printf("\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f", samples_at(s, 0.50),
         samples_at(s, 0.90), samples_at(s, 0.99), samples_at(s, 1.0));
}

/// A number argument, or the end of the program.
static inline double number_argument(const char *name, const char *text) {
  char *end;
  errno = 0;
  double value = strtod(text, &end);
  if (errno || end == text || *end || value < 0) die("%s: not a number: %s", name, text);
  return value;
}

/// xorshift64*: varied, cheap and the same on every run.
static inline uint64_t random_next(uint64_t *state) {
  uint64_t x = *state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  *state = x;
  return x * 0x2545F4914F6CDD1Du;
}

#endif
