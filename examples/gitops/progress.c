/*
 * progress: a thread of its own writes the line, so that it also moves while a single call takes
 * long. It says what is done, for how long, and on which object: "[12/300] shop/Service/web, 4 s".
 */
#include "progress.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "terminal.h"

enum { AFTER_MS = 1000, EVERY_MS = 250, NAME_BYTES = 56 };

/* Begun and ended by one thread; what the others use is under the lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;
static struct {
    pthread_t thread;
    int runs;
    int shown;
    int64_t started_ms;
    const char *what;
    uint64_t number, all;
    char name[NAME_BYTES + 1]; /* "": nothing but what */
} line;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void erase(void)
{
    if (line.shown)
        fputs("\r\033[K", stderr);
    line.shown = 0;
}

static void draw(void)
{
    long long seconds = (long long)(now_ms() - line.started_ms) / 1000;
    fputs("\r\033[K", stderr);
    if (line.all)
        fprintf(stderr, "[%llu/%llu] ", (unsigned long long)line.number,
                (unsigned long long)line.all);
    fprintf(stderr, "%s, %lld s", *line.name ? line.name : line.what, seconds);
    fflush(stderr);
    line.shown = 1;
}

static struct timespec next_time(void)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_nsec += EVERY_MS * 1000000L;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

static void *keep_drawing(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock);
    while (line.runs) {
        struct timespec at = next_time();
        if (pthread_cond_timedwait(&ended, &lock, &at) == ETIMEDOUT && line.runs &&
            now_ms() - line.started_ms >= AFTER_MS)
            draw();
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

void progress_begin(const char *what)
{
    if (line.runs || !is_movable(STDERR_FILENO))
        return;
    pthread_mutex_lock(&lock);
    line.what = what;
    line.started_ms = now_ms();
    line.all = 0;
    line.name[0] = '\0';
    line.runs = 1;
    if (pthread_create(&line.thread, NULL, keep_drawing, NULL) != 0)
        line.runs = 0; /* it is a comfort, no more */
    pthread_mutex_unlock(&lock);
}

/* Copies what is safe on a terminal: no controls, no torn characters, and not more than fits. */
static void copy_name(char *out, const char *name)
{
    size_t length = 0;
    while (name[length] && length < NAME_BYTES) {
        unsigned char c = (unsigned char)name[length];
        out[length++] = c < 0x20 || c >= 0x7F ? '?' : (char)c;
    }
    out[length] = '\0';
}

void progress_step(uint64_t number, uint64_t all, const char *name)
{
    pthread_mutex_lock(&lock);
    line.number = number;
    line.all = all;
    copy_name(line.name, name);
    pthread_mutex_unlock(&lock);
}

void progress_hide(void)
{
    pthread_mutex_lock(&lock);
    erase();
    line.started_ms = now_ms();
    pthread_mutex_unlock(&lock);
}

void progress_end(void)
{
    pthread_mutex_lock(&lock);
    int ran = line.runs;
    line.runs = 0;
    erase();
    pthread_cond_signal(&ended);
    pthread_mutex_unlock(&lock);
    if (ran)
        pthread_join(line.thread, NULL);
}
