/*
 * Tries WASI preview 1's four socket functions on every descriptor from 3 to 9 (0 to 2 are the
 * standard ones) and prints WASI's error numbers, one line of JSON for each function:
 * {"call", "errnos"}. 0 means that it worked. There is no function that makes a socket: one can
 * only be handed over as a descriptor.
 */
#include <stdint.h>
#include <stdio.h>

#define IMPORTED(name) \
  __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) int name

struct span {
  char *bytes;
  uint32_t length;
};

IMPORTED(sock_accept)(int file, int flags, int *connection);
IMPORTED(sock_recv)(int file, struct span *into, int spans, int flags, int *length, int *out_flags);
IMPORTED(sock_send)(int file, struct span *from, int spans, int flags, int *length);
IMPORTED(sock_shutdown)(int file, int how);

static char byte[1];
static struct span span = {byte, 1};
static int ignored[2];

static int accept_on(int file) { return sock_accept(file, 0, ignored); }
static int receive_on(int file) { return sock_recv(file, &span, 1, 0, ignored, ignored + 1); }
static int send_on(int file) { return sock_send(file, &span, 1, 0, ignored); }
static int shut_down(int file) { return sock_shutdown(file, 3); }

int main(void) {
  const char *names[] = {"sock_accept", "sock_recv", "sock_send", "sock_shutdown"};
  int (*calls[])(int) = {accept_on, receive_on, send_on, shut_down};
  for (int at = 0; at < 4; at++) {
    printf("{\"call\":\"%s\",\"errnos\":[", names[at]);
    for (int file = 3; file < 10; file++) printf(file == 3 ? "%d" : ",%d", calls[at](file));
    puts("]}");
  }
  return 0;
}
