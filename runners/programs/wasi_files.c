/*
 * Opens files as a WASI module and says what came of each attempt.
 *
 *   wasi_files (ACTION BYTES PATH)...
 *
 * ACTION is `read`, `write`, or `hold`: read, then keep the file open until a line of standard
 * input comes. Each PATH is given unchanged to WASI's own path_open, relative to every descriptor
 * from 0 to 9 in turn: no library stands in front that could refuse it first. Prints one line of
 * JSON an attempt: {"errno", "type", "transfer", "bytes", "checksum"}. `errno` is of opening, as
 * descriptor 3 (the first preopened folder) answers where none opens it; `transfer` is of reading
 * or writing. The numbers are WASI's; the checksum is that of POSIX cksum.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLLOW_LINKS 1
#define MAY_READ (1u << 1)
#define MAY_STAT (1u << 21)
#define MAY_WRITE (1u << 6)
#define BAD_DESCRIPTOR 8
#define FIRST_PREOPEN 3

__attribute__((import_module("wasi_snapshot_preview1"), import_name("path_open"))) int path_open(
    int folder, int lookup, const char *path, size_t length, int open_flags, uint64_t rights,
    uint64_t inherited_rights, int flags, int *file);

static char buffer[65536];

static int open_somewhere(const char *path, uint64_t rights, int *file) {
  int told = BAD_DESCRIPTOR;
  for (int folder = 0; folder < 10; folder++) {
    int error = path_open(folder, FOLLOW_LINKS, path, strlen(path), 0, rights, 0, 0, file);
    if (error == 0) return 0;
    if (folder == FIRST_PREOPEN) told = error;
  }
  return told;
}

static const char *type_of(int file) {
  struct stat status;
  if (fstat(file, &status) != 0) return "unknown";
  if (S_ISBLK(status.st_mode)) return "block device";
  if (S_ISCHR(status.st_mode)) return "character device";
  if (S_ISDIR(status.st_mode)) return "folder";
  return S_ISREG(status.st_mode) ? "file" : "other";
}

/* https://pubs.opengroup.org/onlinepubs/9699919799/utilities/cksum.html */
static uint32_t add_byte(uint32_t sum, uint32_t byte) {
  sum ^= byte << 24;
  for (int bit = 0; bit < 8; bit++) sum = sum & 0x80000000u ? sum << 1 ^ 0x04c11db7u : sum << 1;
  return sum;
}

static uint32_t checksum(const char *bytes, size_t length) {
  uint32_t sum = 0;
  for (size_t at = 0; at < length; at++) sum = add_byte(sum, (unsigned char)bytes[at]);
  for (; length > 0; length >>= 8) sum = add_byte(sum, length & 0xff);
  return ~sum;
}

/* Moves up to `size` bytes; returns how many, with errno set where that ended it. */
static size_t transfer(int file, int is_write, size_t size) {
  size_t done = 0;
  for (errno = 0; done < size;) {
    ssize_t count = is_write ? write(file, buffer + done, size - done)
                             : read(file, buffer + done, size - done);
    if (count <= 0) break;
    done += (size_t)count;
  }
  return done;
}

int main(int argc, char **argv) {
  for (int at = 1; at + 2 < argc; at += 3) {
    int is_write = strcmp(argv[at], "write") == 0;
    size_t size = strtoul(argv[at + 1], NULL, 10);
    if (size > sizeof buffer) size = sizeof buffer;
    memset(buffer, 0, sizeof buffer);

    int file;
    int error = open_somewhere(argv[at + 2], is_write ? MAY_WRITE : MAY_READ | MAY_STAT, &file);
    if (error != 0) {
      printf("{\"errno\":%d,\"type\":null,\"transfer\":0,\"bytes\":0,\"checksum\":null}\n", error);
      continue;
    }
    const char *type = type_of(file);
    size_t bytes = transfer(file, is_write, size);
    printf("{\"errno\":0,\"type\":\"%s\",\"transfer\":%d,\"bytes\":%zu,\"checksum\":%u}\n", type,
           errno, bytes, (unsigned)checksum(buffer, bytes));
    fflush(stdout);
    if (strcmp(argv[at], "hold") == 0) getchar();
    close(file);
  }
  return 0;
}
