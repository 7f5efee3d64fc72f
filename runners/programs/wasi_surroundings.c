/*
 * Says what a WASI module sees of the process around it, as one line of JSON:
 *
 *   wasi_surroundings NAME
 *
 * {"realtime": nanoseconds since 1970, "monotonic": [two readings, nanoseconds],
 *  "variables": how many environment variables there are, "seen": whether NAME is one of them}
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

extern char **environ;

static int64_t read_clock(clockid_t clock) {
  struct timespec now;
  if (clock_gettime(clock, &now) != 0) {
    perror("wasi_surroundings: clock_gettime");
    exit(1);
  }
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int main(int argc, char **argv) {
  int seen = argc > 1 && getenv(argv[1]) != NULL;
  int variables = 0;
  while (environ != NULL && environ[variables] != NULL) variables++;
  int64_t first = read_clock(CLOCK_MONOTONIC);
  int64_t realtime = read_clock(CLOCK_REALTIME);
  int64_t second = read_clock(CLOCK_MONOTONIC);
  /* As text: the numbers are larger than those that JSON readers keep exactly. */
  printf("{\"realtime\":\"%" PRId64 "\",\"monotonic\":[\"%" PRId64 "\",\"%" PRId64 "\"],", realtime,
         first, second);
  printf("\"variables\":%d,\"seen\":%s}\n", variables, seen ? "true" : "false");
  return 0;
}
