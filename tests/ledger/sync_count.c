/* Preloaded into a process: tells which files it synced, in order, and can let syncs fail.

   sync_log: one letter a call; w = SQLite's write-ahead log, d = the database, m = the
   signer's memory, o = anything else. fail_syncs: from now on those of this letter fail. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOG_SIZE 1000000

static char letters[LOG_SIZE + 1];
static int count;
static char failing;

const char *sync_log(void) { return letters; }

void forget_syncs(void) {
    memset(letters, 0, sizeof letters);
    count = 0;
}

void fail_syncs(char letter) { failing = letter; }

static int ends_with(const char *text, const char *end) {
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static char letter_of(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 'o';
    path[length] = 0;
    if (ends_with(path, "ledger.db-wal")) return 'w';
    if (ends_with(path, "ledger.db")) return 'd';
    if (ends_with(path, "log-memory")) return 'm';
    return 'o';
}

static int synced(const char *name, int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    char letter = letter_of(file);
    if (letter == failing) {
        errno = EIO;
        return -1;
    }
    int result = real(file);
    if (result == 0 && count < LOG_SIZE) letters[count++] = letter;
    return result;
}

int fsync(int file) { return synced("fsync", file); }

int fdatasync(int file) { return synced("fdatasync", file); }
