"""A slow file system for one server: opens that make a file, syncs and renames below a folder wait.

A library for LD_PRELOAD, compiled on the spot: no kernel has to bring anything. Needs gcc.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <stdio.h>

static void wait_for(const char *path) {
  const char *below = getenv("SLOW_DISK"), *ms = getenv("SLOW_DISK_MS");
  if (below && ms && path && !strncmp(path, below, strlen(below))) usleep(1000 * atoi(ms));
}
static const char *name_of(int fd, char *buffer, size_t size) {
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, size - 1);
  if (length < 0) return NULL;
  buffer[length] = 0;
  return buffer;
}
#define REAL(name, type) static __typeof__(type) *real; \
  if (!real) real = (__typeof__(type) *)dlsym(RTLD_NEXT, name)
int fsync(int fd) {
  char buffer[4096];
  REAL("fsync", int(int));
  wait_for(name_of(fd, buffer, sizeof buffer));
  return real(fd);
}
int rename(const char *from, const char *to) {
  REAL("rename", int(const char *, const char *));
  wait_for(to);
  return real(from, to);
}
static int opened(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
  if (flags & O_CREAT) wait_for(path);
  return real(path, flags, mode);
}
int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = va_arg(more, mode_t);
  va_end(more);
  REAL("open", int(const char *, int, ...));
  return opened(real, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = va_arg(more, mode_t);
  va_end(more);
  REAL("open64", int(const char *, int, ...));
  return opened(real, path, flags, mode);
}
"""


def slow_disk(folder: Path, below: Path, milliseconds: int) -> dict[str, str]:
    """The environment of a session for which everything below a folder is slow."""
    folder.mkdir(parents=True, exist_ok=True)
    source, library = folder / "slow_disk.c", folder / "slow_disk.so"
    source.write_text(_SOURCE, "ascii")
    words = ["gcc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(words, check=True)
    return {"LD_PRELOAD": str(library), "SLOW_DISK": str(below), "SLOW_DISK_MS": str(milliseconds)}
