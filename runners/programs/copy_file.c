/*
 * Copies a file to standard output by blocks of 1 MiB, each read as a whole before it is written.
 *
 *   copy_file FILE
 *
 * It asks the kernel not to read ahead, so that what it has read is what it has been charged for.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static char block[1 << 20];

static int fail(const char *what) {
  perror(what);
  return 1;
}

/* Fills the block; less only at the end of the file. */
static ssize_t read_block(int file) {
  size_t done = 0;
  while (done < sizeof block) {
    ssize_t count = read(file, block + done, sizeof block - done);
    if (count < 0) return -1;
    if (count == 0) break;
    done += (size_t)count;
  }
  return (ssize_t)done;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fputs("usage: copy_file FILE\n", stderr);
    return 2;
  }
  int file = open(argv[1], O_RDONLY);
  if (file < 0) return fail("copy_file: open");
  /* Not every file can be advised on. */
  (void)posix_fadvise(file, 0, 0, POSIX_FADV_RANDOM);
  for (;;) {
    ssize_t size = read_block(file);
    if (size < 0) return fail("copy_file: read");
    if (size == 0) return 0;
    for (ssize_t done = 0; done < size;) {
      ssize_t count = write(STDOUT_FILENO, block + done, (size_t)(size - done));
      if (count < 0) return fail("copy_file: write");
      done += count;
    }
  }
}
