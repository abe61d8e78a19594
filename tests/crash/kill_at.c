/*
 * kill_at: a library to preload that ends a program with SIGKILL at its n-th change of the disk, or
 * lets it find the disk full from there on.
 *
 *     KILL_AT=17 KILL_HOW=before|after|torn|full|target-full KILL_COUNT=FILE \
 *         LD_PRELOAD=libkill_at.so PROGRAM...
 *
 * Counted are writes to everything but the three standard streams, syncs, renames, and the making
 * and removing of names. "torn" lets half of a write through. "target-full" spares SQLite, which
 * uses other calls. KILL_COUNT names a file that gets the number of calls when the program ends by
 * itself. Syncs are counted and not carried out: SIGKILL loses nothing that was written, and a
 * sweep is long. Children are left alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long count;
static long kill_at;
static const char *const ways[] = {"before", "after", "torn", "full", "target-full"};
static enum { BEFORE, AFTER, TORN, FULL, TARGET_FULL } how;
static char count_file[4096];

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("KILL_AT"), *way = getenv("KILL_HOW"), *file = getenv("KILL_COUNT");
    kill_at = at ? atol(at) : 0;
    for (int i = BEFORE; i <= TARGET_FULL; i++)
        if (way && strcmp(way, ways[i]) == 0)
            how = i;
    snprintf(count_file, sizeof count_file, "%s", file ? file : "");
    unsetenv("LD_PRELOAD");
    unsetenv("KILL_AT");
    unsetenv("KILL_HOW");
    unsetenv("KILL_COUNT");
}

__attribute__((destructor)) static void end(void)
{
    FILE *out = *count_file ? fopen(count_file, "w") : NULL;
    if (out) {
        fprintf(out, "%ld\n", atomic_load(&count));
        fclose(out);
    }
}

static void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

/* What becomes of a call. */
typedef enum fate { LIVES = 0, DIES, NO_SPACE } fate;

/* What a call is for, where that matters. */
typedef enum use { FREES_SPACE, TAKES_SPACE, TAKES_TARGET_SPACE } use;

static fate count_call(use what)
{
    long now = atomic_fetch_add(&count, 1) + 1;
    if (now == kill_at && how == BEFORE)
        die();
    if (now == kill_at && (how == AFTER || how == TORN))
        return DIES;
    if (kill_at && now >= kill_at && what != FREES_SPACE &&
        (how == FULL || (how == TARGET_FULL && what == TAKES_TARGET_SPACE))) {
        errno = ENOSPC;
        return NO_SPACE;
    }
    return LIVES;
}

/* The function of this name that would be called without us. */
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define COUNTED(what, type, call)                                                                  \
    fate fate = count_call(what);                                                                  \
    type result = fate == NO_SPACE ? -1 : (call);                                                  \
    if (fate == DIES)                                                                              \
        die();                                                                                     \
    return result

#define PART(length) (fate == DIES && how == TORN ? (length) / 2 : (length))

ssize_t write(int fd, const void *data, size_t length)
{
    __typeof__(&write) real = REAL(write);
    if (fd <= STDERR_FILENO || length == 1) /* one byte only wakes a thread up */
        return real(fd, data, length);
    COUNTED(TAKES_TARGET_SPACE, ssize_t, real(fd, data, PART(length)));
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset)
{
    COUNTED(TAKES_SPACE, ssize_t, REAL(pwrite)(fd, data, PART(length), offset));
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset)
{
    COUNTED(TAKES_SPACE, ssize_t, REAL(pwrite64)(fd, data, PART(length), offset));
}

int fsync(int fd)
{
    COUNTED(FREES_SPACE, int, fcntl(fd, F_GETFD) < 0 ? -1 : 0);
}

int fdatasync(int fd)
{
    COUNTED(FREES_SPACE, int, fcntl(fd, F_GETFD) < 0 ? -1 : 0);
}

int ftruncate(int fd, off_t length)
{
    COUNTED(FREES_SPACE, int, REAL(ftruncate)(fd, length));
}

int ftruncate64(int fd, off64_t length)
{
    COUNTED(FREES_SPACE, int, REAL(ftruncate64)(fd, length));
}

int rename(const char *from, const char *to)
{
    COUNTED(FREES_SPACE, int, REAL(rename)(from, to));
}

int renameat(int from_at, const char *from, int to_at, const char *to)
{
    COUNTED(FREES_SPACE, int, REAL(renameat)(from_at, from, to_at, to));
}

int unlink(const char *path)
{
    COUNTED(FREES_SPACE, int, REAL(unlink)(path));
}

int unlinkat(int at, const char *path, int flags)
{
    COUNTED(FREES_SPACE, int, REAL(unlinkat)(at, path, flags));
}

int mkdir(const char *path, mode_t mode)
{
    COUNTED(TAKES_TARGET_SPACE, int, REAL(mkdir)(path, mode));
}

int mkdirat(int at, const char *path, mode_t mode)
{
    COUNTED(TAKES_TARGET_SPACE, int, REAL(mkdirat)(at, path, mode));
}

/* Only calls that may make a file count. */
#define OPENS(what, name, ...)                                                                     \
    va_list more;                                                                                  \
    va_start(more, flags);                                                                         \
    mode_t mode = flags & O_CREAT ? (mode_t)va_arg(more, unsigned) : 0;                            \
    va_end(more);                                                                                  \
    if (!(flags & O_CREAT))                                                                        \
        return REAL(name)(__VA_ARGS__);                                                            \
    COUNTED(what, int, REAL(name)(__VA_ARGS__))

int open(const char *path, int flags, ...)
{
    OPENS(TAKES_SPACE, open, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    OPENS(TAKES_SPACE, open64, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...)
{
    OPENS(TAKES_TARGET_SPACE, openat, at, path, flags, mode);
}
