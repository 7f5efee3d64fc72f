/*
 * Reads a file through the page cache and says how fast that was: one source for a native program
 * and for WASI, so that only what stands between the program and the kernel differs.
 *
 *   file_reads FILE seq|rand BLOCK_BYTES OPERATIONS SEED
 *
 * The whole file is read once, untimed, to warm the page cache; then come OPERATIONS timed reads of
 * one block each. Prints one line of JSON: {"bytes", "operations", "seconds", "checksum"}. The
 * checksum covers every word of the warm-up and both ends of each timed block, in order: equal
 * checksums mean that the same bytes were read. Each timed block adds only two words, so that
 * reading is what is timed.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static uint64_t checksum = 0;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void add(const char *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  checksum = checksum * 31 + word;
}

static void read_block(int file, char *block, size_t size, uint64_t offset) {
  for (size_t done = 0; done < size;) {
    ssize_t count = pread(file, block + done, size - done, (off_t)(offset + done));
    if (count < 0) fail("file_reads: pread");
    if (count == 0) {
      fputs("file_reads: the file became shorter\n", stderr);
      exit(1);
    }
    done += (size_t)count;
  }
}

/* splitmix64 (Steele, Lea and Flood, 2014): every state is a good one, also 0. */
static uint64_t next_random(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static double now_seconds(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) fail("file_reads: clock_gettime");
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fputs("usage: file_reads FILE seq|rand BLOCK_BYTES OPERATIONS SEED\n", stderr);
    return 2;
  }
  int is_random = strcmp(argv[2], "rand") == 0;
  size_t size = (size_t)strtoull(argv[3], NULL, 10);
  uint64_t operations = strtoull(argv[4], NULL, 10);
  uint64_t state = strtoull(argv[5], NULL, 10);

  int file = open(argv[1], O_RDONLY);
  if (file < 0) fail("file_reads: open");
  struct stat status;
  if (fstat(file, &status) != 0) fail("file_reads: fstat");
  uint64_t blocks = size < 8 ? 0 : (uint64_t)status.st_size / size;
  char *block = malloc(size);
  if (blocks == 0 || block == NULL) {
    fputs("file_reads: a block must have 8 bytes or more and fit into the file\n", stderr);
    return 2;
  }

  for (uint64_t i = 0; i < blocks; i++) {
    read_block(file, block, size, i * size);
    for (size_t at = 0; at + 8 <= size; at += 8) add(block + at);
  }
  double start = now_seconds();
  for (uint64_t i = 0; i < operations; i++) {
    uint64_t index = (is_random ? next_random(&state) : i) % blocks;
    read_block(file, block, size, index * size);
    add(block);
    add(block + size - 8);
  }
  double seconds = now_seconds() - start;

  printf("{\"bytes\":%" PRIu64 ",\"operations\":%" PRIu64 ",\"seconds\":%.9f,", operations * size,
         operations, seconds);
  printf("\"checksum\":\"%016" PRIx64 "\"}\n", checksum);
  return 0;
}
