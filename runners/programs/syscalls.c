/*
 * Which system calls can be reached from here? Tries each number of the architecture, in a process of
 * its own, with arguments that cannot do harm. To be run in containers only.
 *
 *   syscalls LAST [NUMBER]...      tries 0 to LAST, and each further NUMBER
 *
 * Two passes for each number:
 *   1. Behind a seccomp filter of its own that answers the call with SECCOMP_RET_TRACE, and nobody
 *      traces: an allowed call gives ENOSYS and is never executed. A filter that was there before and
 *      refuses the call (ERRNO, TRAP, KILL) takes precedence (seccomp(2)): any other answer is its,
 *      unless the kernel lets the call past all filters, as newer ones do with x86's `uretprobe`. So
 *      it is tried again behind SECCOMP_RET_ERRNO with a number of our own: of two that refuse, the
 *      filter that came last gives the number.
 *   2. Executed, with all arguments -1, then (where that gives ENOSYS, as a few calls do for an
 *      operation that they do not know) with all arguments 0. What the table below names is left out.
 * A filter that refuses with ENOSYS looks like a kernel without the call: whoever compares with a
 * census without that filter can tell the two apart, but for what is left out of pass 2.
 *
 * Prints the numbers of `getpid` and `mount` here, then one line for each number tried: the number,
 * then `refused` (by a filter), `unknown` (ENOSYS throughout), `reached` (the kernel's own code
 * answered) or `allowed` (passes the filter, and was left out of pass 2), then the answers of both
 * passes: an errno, 0 for success, `sN` for signal N, `w` for one that slept after 100 ms, or `-`. Ends
 * with 1 where a call neither came back nor slept: the machine is too busy to tell.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What could end other processes, stop the machine, or leave a second process that goes on here. */
static const long NOT_EXECUTED[] = {
    SYS_acct,   SYS_clone,           SYS_exit,         SYS_exit_group,        SYS_kexec_load,
    SYS_kill,   SYS_rt_sigqueueinfo, SYS_rt_sigreturn, SYS_rt_tgsigqueueinfo, SYS_reboot,
    SYS_sync,   SYS_swapoff,         SYS_swapon,       SYS_tgkill,            SYS_tkill,
    SYS_vhangup,
#ifdef SYS_fork
    SYS_fork,   SYS_vfork,
#endif
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
};

enum { NOTHING = -1, WAITED = -2, NO_FILTER = -3, STARTED = -4, SIGNALLED = 10000 };
enum { SLEEP_MILLISECONDS = 100, MOST_MILLISECONDS = 10000 };

/* What a filter of our own answers. The number of OURS is no errno of Linux. */
enum { OUR_NUMBER = 4000 };
enum Filter { NONE, TRACED, OURS };

/* Where a child leaves the answer: its output may be what the call closed. */
static volatile int *answer;

static void filter(long number, enum Filter kind) {
  unsigned action = kind == OURS ? SECCOMP_RET_ERRNO | OUR_NUMBER : SECCOMP_RET_TRACE;
  struct sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, action),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {sizeof program / sizeof *program, program};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
    *answer = NO_FILTER;
    _exit(0);
  }
}

static void child(long number, enum Filter kind, long value) {
  if (kind != NONE) filter(number, kind);
  *answer = STARTED;
  errno = 0;
  long result = syscall(number, value, value, value, value, value, value);
  *answer = result == -1 ? errno : 0;
  _exit(0);
}

static void give_up(const char *why) {
  fprintf(stderr, "syscalls: %s\n", why);
  exit(1);
}

/* Whether a process sleeps or was stopped; one that waits for a processor does not. */
static int is_asleep(int process) {
  char path[32], text[64] = "";
  snprintf(path, sizeof path, "/proc/%d/stat", process);
  FILE *file = fopen(path, "r");
  if (file == NULL) give_up("/proc does not show this program's own processes");
  char *state = fgets(text, sizeof text, file) == NULL ? NULL : strchr(text, ')');
  fclose(file);
  return state != NULL && strchr("STt", state[2]) != NULL;
}

static long long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Waits for the child's end, and ends it when the call sleeps. Returns its signal, or 0. */
static int end_of(pid_t process) {
  const struct timespec step = {0, 200000};
  const long long start = milliseconds();
  long long called = 0;
  int status = 0;
  while (waitpid(process, &status, WNOHANG) == 0) {
    nanosleep(&step, NULL);
    const long long now = milliseconds();
    if (*answer != NOTHING && called == 0) called = now;
    const int sleeps = called != 0 && now - called >= SLEEP_MILLISECONDS && is_asleep(process);
    if (!sleeps && now - start < MOST_MILLISECONDS) continue;
    kill(process, SIGKILL);
    waitpid(process, &status, 0);
    if (!sleeps && *answer == STARTED) give_up("a call neither came back nor slept");
    if (*answer == STARTED) *answer = WAITED;
    return 0;
  }
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* The answer to one call: an errno or 0, WAITED, or SIGNALLED and the number of a signal. */
static int try_call(long number, enum Filter kind, long value) {
  *answer = NOTHING;
  pid_t process = fork();
  if (process < 0) {
    perror("syscalls: fork");
    exit(1);
  }
  if (process == 0) child(number, kind, value);
  int with = end_of(process);
  if (*answer == NO_FILTER) give_up("no seccomp filter can be installed here");
  if (*answer == NOTHING) give_up("a process of its own ended before the call");
  return *answer == STARTED ? SIGNALLED + with : *answer;
}

static int execute(long number) {
  int first = try_call(number, NONE, -1);
  return first == ENOSYS ? try_call(number, NONE, 0) : first;
}

static void print(int given) {
  if (given == NOTHING) printf(" -");
  else if (given == WAITED) printf(" w");
  else if (given >= SIGNALLED) printf(" s%d", given - SIGNALLED);
  else printf(" %d", given);
}

static int is_left_out(long number) {
  for (size_t i = 0; i < sizeof NOT_EXECUTED / sizeof *NOT_EXECUTED; i++) {
    if (NOT_EXECUTED[i] == number) return 1;
  }
  return 0;
}

static int is_past_filters(long number) {
  int given = try_call(number, OURS, -1);
  if (given == WAITED) give_up("a call that a filter of its own refuses was not refused");
  return given != OUR_NUMBER && given != SIGNALLED + SIGSYS;
}

static void census(long number) {
  int passes = try_call(number, TRACED, -1), given = NOTHING;
  /* Some filters look at arguments: the call is refused where they refuse both. */
  if (passes != ENOSYS) passes = try_call(number, TRACED, 0);
  int is_allowed = passes == ENOSYS || is_past_filters(number);
  const char *class = "refused";
  if (is_allowed && is_left_out(number)) class = "allowed";
  else if (is_allowed) {
    given = execute(number);
    class = given == ENOSYS ? "unknown" : "reached";
  }
  printf("%ld %s", number, class);
  print(passes);
  print(given);
  puts("");
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  answer = mmap(NULL, sizeof *answer, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if ((void *)answer == MAP_FAILED) return perror("syscalls: mmap"), 1;
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  printf("getpid %ld\nmount %ld\n", (long)SYS_getpid, (long)SYS_mount);
  for (long number = 0; number <= atol(argv[1]); number++) census(number);
  for (int i = 2; i < argc; i++) census(atol(argv[i]));
  return 0;
}
