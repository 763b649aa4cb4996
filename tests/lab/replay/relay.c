/* The forced command of a replayed server: joins the session's stdin and stdout with the replayer's socket.
 * Small, so that hundreds of them weigh nothing. First it sends one line: what the client wanted to run. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int pass(int from, int to) {
  char buffer[65536];
  ssize_t count = read(from, buffer, sizeof buffer);
  if (count <= 0) return 0;
  for (ssize_t done = 0; done < count;) {
    ssize_t wrote = write(to, buffer + done, (size_t)(count - done));
    if (wrote <= 0) return 0;
    done += wrote;
  }
  return 1;
}

int main(int argc, char **argv) {
  struct sockaddr_un where = {.sun_family = AF_UNIX};
  const char *wanted = getenv("SSH_ORIGINAL_COMMAND");
  int peer = socket(AF_UNIX, SOCK_STREAM, 0);
  if (argc != 2 || peer < 0) return 2;
  snprintf(where.sun_path, sizeof where.sun_path, "%s", argv[1]);
  if (connect(peer, (struct sockaddr *)&where, sizeof where)) return 3;
  if (wanted == NULL) wanted = "";
  if (write(peer, wanted, strlen(wanted)) < 0 || write(peer, "\n", 1) != 1) return 4;
  struct pollfd ends[2] = {{.fd = 0, .events = POLLIN}, {.fd = peer, .events = POLLIN}};
  for (;;) {
    if (poll(ends, 2, -1) < 0) return 5;
    if (ends[0].revents && !pass(0, peer)) return 0;
    if (ends[1].revents && !pass(peer, 1)) return 0;
  }
}
