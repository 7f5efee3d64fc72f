/*
 * The native end of a connection: listens on a free port of 127.0.0.1, prints the port, and
 * answers each connection with "pong:" and what it received. After each it prints the number of
 * bytes received, a space, and the bytes. Runs until it is ended.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 ||
      listen(listener, 5) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
    perror("tcp_peer");
    return 1;
  }
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    int connection = accept(listener, NULL, NULL);
    if (connection < 0) return 1;
    char text[64] = "pong:";
    size_t prefix = strlen(text);
    ssize_t count = read(connection, text + prefix, sizeof text - prefix);
    if (count > 0 && write(connection, text, prefix + (size_t)count) > 0) {
      printf("%zd %.*s", count, (int)count, text + prefix);
      fflush(stdout);
    }
    close(connection);
  }
}
