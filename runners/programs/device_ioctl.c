/*
 * Asks a device something by ioctl: one source for a native program and for WASI, whose C library
 * has an ioctl that knows FIONREAD and FIONBIO alone.
 *
 *   device_ioctl (PATH REQUEST)...
 *
 * REQUEST is the number of an ioctl that writes at most 8 bytes and changes nothing. Prints one
 * line of JSON for each: {"open", "ioctl", "value"}: what went wrong, or null, and the number
 * written.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void print(const char *name, const char *problem, const char *end) {
  if (problem == NULL) {
    printf("\"%s\":null%s", name, end);
  } else {
    printf("\"%s\":\"%s\"%s", name, problem, end);
  }
}

int main(int argc, char **argv) {
  for (int at = 1; at + 1 < argc; at += 2) {
    uint64_t value = 0;
    int device = open(argv[at], O_RDONLY | O_NONBLOCK);
    const char *not_opened = device < 0 ? strerror(errno) : NULL;
    int status = ioctl(device, (int)strtoul(argv[at + 1], NULL, 0), &value);
    const char *refused = status < 0 ? strerror(errno) : NULL;
    putchar('{');
    print("open", not_opened, ",");
    print("ioctl", refused, ",");
    printf("\"value\":\"%" PRIu64 "\"}\n", value);
    if (device >= 0) close(device);
  }
  return 0;
}
