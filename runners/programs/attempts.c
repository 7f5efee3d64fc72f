/*
 * Attempts to get out of wherever it runs, each with arguments that cannot do harm. One source for
 * the host itself, containers, guests and (as far as WASI has the calls) WASI modules.
 *
 *   attempts VERB ARGUMENT [VERB ARGUMENT]...
 *   attempts serve WORD [ADDRESS]...
 *
 * Prints one line for each pair: the verb, `done` or `failed`, the errno's name or `-`, the boot_id
 * of the kernel that answered or `-`, and a detail, with tabs between. `done` says only that the
 * kernel did it; whose kernel and whose file that was tell boot_id and detail. What is looked for is
 * not known here: a marker's text is printed as it was found, and compared by who asked.
 *
 * `serve` is what the attempts are after: a process that has WORD (`NAME:TEXT`) as an argument, and
 * answers every connection to a port of its own on each ADDRESS with TEXT. It prints its process id
 * and the ports. `find-process NAME` looks for `NAME:`, so NAME alone never finds itself.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifndef __wasi__
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#endif

enum { DETAIL = 256, RECORD = 8192, BLOCK = 4096, BLOCKS = 8, SECONDS = 8, NETWORK_SECONDS = 3 };

static const char *errno_name(int number) {
  static char other[16];
  switch (number) {
#define NAME(name) case name: return #name;
    NAME(EACCES) NAME(EAFNOSUPPORT) NAME(EAGAIN) NAME(EBADF) NAME(EBUSY) NAME(ECONNREFUSED)
    NAME(EFAULT) NAME(EHOSTUNREACH) NAME(EINPROGRESS) NAME(EINTR) NAME(EINVAL) NAME(EIO)
    NAME(ELOOP) NAME(EMFILE) NAME(ENETUNREACH) NAME(ENFILE) NAME(ENOMEM) NAME(ENODEV) NAME(ENOENT) NAME(ENOEXEC) NAME(ENOSYS) NAME(ENOTDIR)
    NAME(ENXIO) NAME(EPERM) NAME(EPROTONOSUPPORT) NAME(EROFS) NAME(ESRCH) NAME(ETIMEDOUT)
#ifdef __wasi__
    NAME(ENOTCAPABLE)
#else
    NAME(EKEYREJECTED) NAME(ENODATA) NAME(ENOMEDIUM)
#endif
#undef NAME
  }
  snprintf(other, sizeof other, "errno-%d", number);
  return other;
}

/* Opens a path of the host. A module has a folder (3) instead of a root, so it tries each way out. */
static int reach(const char *path, int flags) {
#ifndef __wasi__
  return open(path, flags | O_NONBLOCK | O_CLOEXEC);
#else
  static const char *const ways[] = {"%s", "../../../../../../../..%s", "out%s", ".%s"};
  int why = ENOENT;
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    char way[1024];
    snprintf(way, sizeof way, ways[i], path);
    int file = openat(3, way, flags);
    if (file >= 0) return file;
    if (errno != ENOENT) why = errno;
  }
  errno = why;
  return -1;
#endif
}

/* The first line of a file, cut to the detail's length. /dev/kmsg gives whole records or nothing. */
static int read_file(const char *path, char *detail) {
  static char text[RECORD];
  int file = reach(path, O_RDONLY);
  if (file < 0) return -1;
  ssize_t count = read(file, text, sizeof text - 1);
  int why = errno;
  close(file);
  errno = why;
  if (count < 0) return -1;
  text[count] = 0;
  text[strcspn(text, "\n")] = 0;
  snprintf(detail, DETAIL, "%.*s", DETAIL - 1, text);
  return 0;
}

/* Looks for a process that serves NAME; tells its text. */
static int find_process(const char *name, char *detail) {
  char prefix[64], path[300], arguments[4096];
  int seen = 0, length = snprintf(prefix, sizeof prefix, "%s:", name);
  int folder = reach("/proc", O_RDONLY | O_DIRECTORY);
  DIR *list = folder < 0 ? NULL : fdopendir(folder);
  if (list == NULL) return -1;
  for (struct dirent *entry; (entry = readdir(list)) != NULL;) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
    int file = reach(path, O_RDONLY);
    ssize_t count = file < 0 ? 0 : read(file, arguments, sizeof arguments - 1);
    if (file >= 0) close(file);
    if (count <= 0) continue;
    seen++;
    arguments[count] = 0;
    for (char *at = arguments; at < arguments + count; at += strlen(at) + 1) {
      if (strncmp(at, prefix, (size_t)length) != 0) continue;
      snprintf(detail, DETAIL, "%s", at + length);
      closedir(list);
      return 0;
    }
  }
  closedir(list);
  snprintf(detail, DETAIL, "%d processes seen", seen);
  errno = ESRCH;
  return -1;
}

/* Hashes (FNV-1a) of the first blocks of a device that opens, `-` for one whose bytes are equal. */
static int read_device(const char *path, char *detail) {
  static unsigned char block[BLOCK];
  int device = reach(path, O_RDONLY), at = 0;
  if (device < 0) return -1;
  for (int i = 0; i < BLOCKS; i++) {
    if (read(device, block, BLOCK) != BLOCK) break;
    uint64_t hash = 0xcbf29ce484222325u;
    int differ = 0;
    for (int j = 0; j < BLOCK; j++) {
      hash = (hash ^ block[j]) * 0x100000001b3u;
      differ |= block[j] != block[0];
    }
    if (differ) at += snprintf(detail + at, DETAIL - (size_t)at, " %016" PRIx64, hash);
    else at += snprintf(detail + at, DETAIL - (size_t)at, " -");
  }
  close(device);
  return 0;
}

static int open_to_write(const char *path, char *detail) {
  int file = reach(path, O_WRONLY);
  if (file < 0) return -1;
  close(file);
  snprintf(detail, DETAIL, "opened for writing, nothing written");
  return 0;
}

#ifndef __wasi__
static int mknod_read(const char *numbers, char *detail) {
  unsigned major_number, minor_number;
  const char *node = "cellproof-node";
  if (sscanf(numbers, "%u:%u", &major_number, &minor_number) != 2) return errno = EINVAL, -1;
  if (mknod(node, S_IFBLK | 0600, makedev(major_number, minor_number)) != 0) {
    snprintf(detail, DETAIL, "mknod");
    return -1;
  }
  int result = read_device(node, detail), why = errno;
  if (result != 0) snprintf(detail, DETAIL, "mknod succeeded, open failed");
  unlink(node);
  errno = why;
  return result;
}

/* A kernel that looks into the file and finds no module in it was reached. */
static int load_module(const char *word, char *detail) {
  int file = strcmp(word, "self") == 0 ? open("/proc/self/exe", O_RDONLY | O_CLOEXEC) : -1;
  if (syscall(SYS_finit_module, file, "", 0) == 0) return 0;
  int why = errno;
  if (file >= 0) close(file);
  errno = why;
  if (why != ENOEXEC && why != EKEYREJECTED && why != ENODATA) return -1;
  snprintf(detail, DETAIL, "the kernel looked for a module in the file (%s)", errno_name(why));
  return 0;
}

static int mount_type(const char *type, char *detail) {
  const char *folder = "cellproof-mount";
  if (mkdir(folder, 0700) != 0 && errno != EEXIST) return -1;
  int result = mount("cellproof", folder, type, 0, NULL), why = errno;
  if (result == 0) umount(folder);
  rmdir(folder);
  snprintf(detail, DETAIL, "%s", result == 0 ? "mounted and unmounted" : "mount");
  errno = why;
  return result;
}

/* Tells, of a process that it could attach to, what `find_process` tells of it. */
static int trace(const char *number, char *detail) {
  char path[64], arguments[4096] = "";
  pid_t process = (pid_t)atoi(number);
  if (ptrace(PTRACE_SEIZE, process, NULL, NULL) != 0) return -1;
  snprintf(path, sizeof path, "/proc/%d/cmdline", (int)process);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t count = file < 0 ? 0 : read(file, arguments, sizeof arguments - 1);
  for (char *at = arguments; at < arguments + count; at += strlen(at) + 1) {
    char *colon = strncmp(at, "cellproof-", 10) == 0 ? strchr(at, ':') : NULL;
    if (colon != NULL) snprintf(detail, DETAIL, "%s", colon + 1);
  }
  return 0; /* Who traces lets go when it ends. */
}

static int read_kernel_log(const char *action, char *detail) {
  static char text[1 << 16];
  int count = klogctl(atoi(action), text, sizeof text);
  if (count < 0) return -1;
  snprintf(detail, DETAIL, "%d bytes", count);
  return 0;
}

static int raw_socket(const char *family, char *detail) {
  int end = socket(atoi(family), SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
  char space[64] = "";
  if (end < 0) return -1;
  ssize_t length = readlink("/proc/self/ns/net", space, sizeof space - 1);
  space[length < 0 ? 0 : length] = 0;
  snprintf(detail, DETAIL, "created%s%s, not used", length > 0 ? " in " : "", space);
  return close(end);
}

static int parse_address(const char *text, struct sockaddr_in *address) {
  char host[64];
  unsigned port = 0;
  memset(address, 0, sizeof *address);
  address->sin_family = AF_INET;
  if (sscanf(text, "%63[0-9.]:%u", host, &port) < 1) return -1;
  address->sin_port = htons((uint16_t)port);
  return inet_pton(AF_INET, host, &address->sin_addr) == 1 ? 0 : -1;
}

/* Tells what answers at ADDRESS:PORT: who does not answer was reached all the same. */
static int connect_to(const char *text, char *detail) {
  struct sockaddr_in address;
  struct timeval limit = {NETWORK_SECONDS, 0};
  if (parse_address(text, &address) != 0) return errno = EINVAL, -1;
  int end = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (end < 0) return -1;
  setsockopt(end, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  setsockopt(end, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (connect(end, (struct sockaddr *)&address, sizeof address) != 0) return -1;
  ssize_t count = read(end, detail, DETAIL - 1);
  if (count < 0) snprintf(detail, DETAIL, "connected, no answer (%s)", errno_name(errno));
  else detail[count] = 0;
  return close(end);
}

/* What the other end says is read, because closing would otherwise take the answer back (RST). */
static void answer(int end, const char *text) {
  char ignored[64];
  struct timeval limit = {1, 0};
  setsockopt(end, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (send(end, text, strlen(text), MSG_NOSIGNAL) < 0) perror("attempts: send");
  shutdown(end, SHUT_WR);
  while (read(end, ignored, sizeof ignored) > 0) continue;
  close(end);
}

static int serve(int count, char **words) {
  const char *colon = count > 0 ? strchr(words[0], ':') : NULL;
  struct pollfd ends[8];
  if (colon == NULL || count > 9) return 2;
  printf("%d", (int)getpid());
  for (int i = 0; i < count - 1; i++) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    ends[i] = (struct pollfd){socket(AF_INET, SOCK_STREAM, 0), POLLIN, 0};
    if (parse_address(words[i + 1], &address) != 0 ||
        bind(ends[i].fd, (struct sockaddr *)&address, size) != 0 || listen(ends[i].fd, 8) != 0) {
      return perror("attempts: serve"), 1;
    }
    getsockname(ends[i].fd, (struct sockaddr *)&address, &size);
    printf(" %u", ntohs(address.sin_port));
  }
  puts("");
  fflush(stdout);
  for (;;) {
    poll(ends, (nfds_t)(count - 1), -1);
    for (int i = 0; i < count - 1; i++) {
      int end = ends[i].revents == 0 ? -1 : accept(ends[i].fd, NULL, NULL);
      if (end >= 0) answer(end, colon + 1);
    }
  }
}
#endif

static const struct {
  const char *verb;
  int (*run)(const char *argument, char *detail);
} VERBS[] = {
    {"read-file", read_file},       {"find-process", find_process},
    {"read-device", read_device},   {"open-to-write", open_to_write},
#ifndef __wasi__
    {"mknod-read", mknod_read},     {"load-module", load_module},
    {"mount", mount_type},          {"trace", trace},
    {"read-kernel-log", read_kernel_log}, {"raw-socket", raw_socket},
    {"connect", connect_to},
#endif
};

static void attempt(const char *verb, const char *argument) {
  char detail[DETAIL] = "", boot[DETAIL] = "-";
  int result = -1, why = 0;
  errno = ENOSYS;
  for (size_t i = 0; i < sizeof VERBS / sizeof *VERBS; i++) {
    if (strcmp(VERBS[i].verb, verb) == 0) result = VERBS[i].run(argument, detail);
  }
  why = errno;
  if (read_file("/proc/sys/kernel/random/boot_id", boot) != 0) strcpy(boot, "-");
  for (char *at = detail; *at != 0; at++) {
    if (*at < ' ' || *at > '~') *at = '?';
  }
  printf("%s\t%s\t%s\t%s\t%s\n", verb, result == 0 ? "done" : "failed",
         result == 0 ? "-" : errno_name(why), boot, detail);
  fflush(stdout);
}

/* In a process of its own where there are processes, so that no attempt ends or delays the others. */
static void attempt_apart(const char *verb, const char *argument) {
#ifdef __wasi__
  attempt(verb, argument);
#else
  int status = 0;
  pid_t child = fork();
  if (child == 0) {
    alarm(SECONDS);
    attempt(verb, argument);
    _exit(0);
  }
  if (child < 0 || waitpid(child, &status, 0) < 0 || status == 0) return;
  printf("%s\tfailed\tsignal-%d\t-\t\n", verb, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  fflush(stdout);
#endif
}

int main(int argc, char **argv) {
#ifndef __wasi__
  if (argc > 2 && strcmp(argv[1], "serve") == 0) return serve(argc - 2, argv + 2);
#endif
  for (int i = 1; i + 1 < argc; i += 2) attempt_apart(argv[i], argv[i + 1]);
  return 0;
}
