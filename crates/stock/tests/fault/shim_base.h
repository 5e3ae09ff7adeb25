/* What stands under the wrapped calls of shim.c: settings, the lock, records, and the plan of what fails. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

_Static_assert(sizeof(long) == 8, "offsets are passed to system calls in one register");

enum op { OPEN, CLOSE, WRITE, TRUNCATE, ALLOCATE, FSYNC, RENAME, LINK, UNLINK, MKDIR, ANY };
static const char *const op_names[] = {"open", "close", "write", "truncate", "allocate", "fsync",
                                       "rename", "link", "unlink", "mkdir", "any"};

/* Kinds of records: trace.rs knows the same numbers. */
enum kind { CREATED = 1, MADE_DIR, LINKED, REMOVED, RENAMED, WROTE, RESIZED, EXTENDED, SYNCED, SYNC_FAILED, ACK, ERROR };

struct head {
    uint32_t size, kind, pid, names;
    uint64_t dev, node, a, b;
};

enum action { NOTHING, FAIL, SHORT, EXIT_BEFORE, EXIT_AFTER };
enum verdict { GO, REFUSE, HALF, GO_AND_EXIT };

static int on, trace = -1;
static char root[PATH_MAX], trace_path[PATH_MAX];
static const char *count_path, *freed_path, *match;
static struct stat ack_pipe;
static long long quota = -1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* The plan: from the n-th matching call on. Counts are per process. */
static enum op plan_op;
static enum action plan = NOTHING;
static unsigned long plan_n, plan_seen, hits, counts[ANY + 1];
static int plan_errno, plan_sticky, failure;

/* ---- leaving ------------------------------------------------------------------------------------------ */

static void write_counts(void)
{
    if (!count_path) return;
    char line[512];
    int n = snprintf(line, sizeof line, "pid=%d hits=%lu", (int)getpid(), hits);
    for (int i = 0; i <= ANY; i++) n += snprintf(line + n, sizeof line - n, " %s=%lu", op_names[i], counts[i]);
    line[n++] = '\n';
    int fd = syscall(SYS_openat, AT_FDCWD, count_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0 || syscall(SYS_write, fd, line, n) != n) syscall(SYS_exit_group, 99);
    syscall(SYS_close, fd);
}

static void leave(void)
{
    write_counts();
    syscall(SYS_exit_group, 9);
}

static void broken(const char *what)
{
    char line[256];
    int n = snprintf(line, sizeof line, "fault shim: %s (errno %d)\n", what, errno);
    syscall(SYS_write, 2, line, n);
    syscall(SYS_exit_group, 99);
}

/* ---- lock and records --------------------------------------------------------------------------------- */

static void lock(void)
{
    pthread_mutex_lock(&mutex);
    while (trace >= 0 && flock(trace, LOCK_EX) != 0)
        if (errno != EINTR) broken("no lock on the trace");
}

static void unlock(void)
{
    if (trace >= 0) flock(trace, LOCK_UN);
    pthread_mutex_unlock(&mutex);
}

static void open_trace(void)
{
    trace = syscall(SYS_openat, AT_FDCWD, trace_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (trace < 0) broken("the trace cannot be opened");
}

static void record(enum kind kind, uint64_t dev, uint64_t node, uint64_t a, uint64_t b, const char *names,
                   size_t names_len, const void *data, size_t data_len)
{
    if (trace < 0) return;
    struct head head = {0, kind, (uint32_t)getpid(), (uint32_t)names_len, dev, node, a, b};
    size_t total = sizeof head + names_len + data_len;
    if (total > UINT32_MAX) broken("a record of more than 4 GiB");
    head.size = (uint32_t)total;
    struct iovec parts[3] = {{&head, sizeof head}, {(void *)names, names_len}, {(void *)data, data_len}};
    if (syscall(SYS_writev, trace, parts, 3) != (long)total) broken("the trace cannot be written");
}

static void harness_error(const char *what, const char *path)
{
    char text[PATH_MAX + 128];
    int n = snprintf(text, sizeof text, "%s: %s", what, path);
    record(ERROR, 0, 0, 0, 0, 0, 0, text, n);
    syscall(SYS_write, 2, "fault shim: ", 12);
    syscall(SYS_write, 2, text, n);
    syscall(SYS_write, 2, "\n", 1);
}

/* ---- what a descriptor or a path is ------------------------------------------------------------------- */

struct file {
    struct stat stat;
    char path[PATH_MAX];
};

struct place {
    uint64_t dev, dir;
    char path[PATH_MAX];
    const char *name;
};

static int below(const char *path)
{
    size_t n = strlen(root);
    return strncmp(path, root, n) == 0 && (path[n] == '/' || path[n] == 0);
}

static int path_of(int fd, char *path)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH_MAX - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return 1;
}

static int tracked(int fd, struct file *f)
{
    return on && path_of(fd, f->path) && below(f->path) && fstat(fd, &f->stat) == 0;
}

static int place(int at, const char *path, struct place *p)
{
    if (!on || !path || !*path || strlen(path) >= PATH_MAX) return 0;
    char parent[PATH_MAX], name[NAME_MAX + 1];
    strcpy(parent, path);
    size_t n = strlen(parent);
    while (n > 1 && parent[n - 1] == '/') parent[--n] = 0;
    char *slash = strrchr(parent, '/');
    const char *last = slash ? slash + 1 : parent;
    if (strlen(last) > NAME_MAX) return 0;
    strcpy(name, last);
    if (!slash) strcpy(parent, ".");
    else slash[slash == parent] = 0;
    int fd = syscall(SYS_openat, at, parent, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0) return 0;
    struct stat stat;
    int known = path_of(fd, p->path) && fstat(fd, &stat) == 0;
    syscall(SYS_close, fd);
    n = known ? strlen(p->path) : 0;
    if (!known || n + strlen(name) + 2 > PATH_MAX) return 0;
    p->path[n] = '/';
    strcpy(p->path + n + 1, name);
    p->name = p->path + n + 1;
    p->dev = stat.st_dev;
    p->dir = stat.st_ino;
    return below(p->path);
}

/* ---- inject ------------------------------------------------------------------------------------------- */

static enum verdict judge(enum op op, const char *path)
{
    if (match && !strstr(path, match)) return GO;
    counts[op]++;
    counts[ANY]++;
    if (plan == NOTHING || (plan_op != op && plan_op != ANY)) return GO;
    unsigned long n = ++plan_seen;
    /* "short" with an error behind it: the n-th is short, the next one fails, as on a disk that fills up. */
    unsigned long first = plan == SHORT && plan_errno ? plan_n + 1 : plan_n;
    if (plan == SHORT && (n == plan_n || (plan_sticky && !plan_errno && n > plan_n))) return hits++, HALF;
    if (plan == SHORT && !plan_errno) return GO;
    if (n != first && !(plan_sticky && n > first)) return GO;
    hits++;
    if (plan == EXIT_BEFORE) leave();
    if (plan == EXIT_AFTER) return GO_AND_EXIT;
    failure = plan_errno;
    return REFUSE;
}

/* Ends a wrapped call: `result` and errno are those of the real call, where it was made. */
static long done(enum verdict verdict, long result)
{
    int error = verdict == REFUSE ? failure : errno;
    if (verdict == GO_AND_EXIT) leave();
    unlock();
    errno = error;
    return verdict == REFUSE ? -1 : result;
}

static long long used;

static int add_size(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
    (void)path, (void)ftw;
    if (type == FTW_F) used += stat->st_size;
    return 0;
}

/* How many of `grow` bytes more the quota still has room for. */
static long long room_for(long long grow)
{
    if (quota < 0 || grow <= 0 || (freed_path && access(freed_path, F_OK) == 0)) return grow;
    used = 0;
    nftw(root, add_size, 16, FTW_PHYS);
    long long room = quota > used ? quota - used : 0;
    return room < grow ? (hits++, room) : grow;
}

/* ---- settings ----------------------------------------------------------------------------------------- */

static int errno_named(const char *word)
{
    static const struct { const char *name; int value; } known[] = {
        {"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EDQUOT", EDQUOT}, {"EACCES", EACCES}, {"EROFS", EROFS}, {"EMFILE", EMFILE},
        {"ENOMEM", ENOMEM}, {"EINTR", EINTR}, {"ENOENT", ENOENT}, {"EFBIG", EFBIG}, {"ESTALE", ESTALE}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(word, known[i].name) == 0) return known[i].value;
    return 0;
}

static void read_plan(const char *text)
{
    char copy[256], *rest = copy;
    if (strlen(text) >= sizeof copy) broken("FAULT_FAIL is too long");
    strcpy(copy, text);
    char *op = strsep(&rest, ":"), *n = strsep(&rest, ":"), *word, *end;
    if (!n || (plan_n = strtoull(n, &end, 10), *end || end == n)) broken("FAULT_FAIL has no number");
    if (strcmp(op, "quota") == 0) {
        quota = plan_n;
        return;
    }
    for (plan_op = 0; plan_op <= ANY && strcmp(op, op_names[plan_op]) != 0;) plan_op++;
    if (plan_op > ANY || plan_n == 0) broken("FAULT_FAIL names no operation");
    while ((word = strsep(&rest, ":"))) {
        int error = errno_named(word);
        if (strcmp(word, "sticky") == 0) plan_sticky = 1;
        else if (strcmp(word, "short") == 0) plan = SHORT;
        else if (strcmp(word, "exit-before") == 0) plan = EXIT_BEFORE;
        else if (strcmp(word, "exit-after") == 0) plan = EXIT_AFTER;
        else if (!error) broken("FAULT_FAIL has a word that is not known");
        else if (plan_errno = error, plan == NOTHING) plan = FAIL;
    }
    if (plan == NOTHING || (plan == SHORT && plan_op != WRITE)) broken("FAULT_FAIL says not what is to happen");
}

static void before_fork(void) { pthread_mutex_lock(&mutex); }
static void after_fork(void) { pthread_mutex_unlock(&mutex); }
/* A lock belongs to the open file, which a fork shares: the child opens its own. */
static void in_child(void)
{
    if (trace >= 0) syscall(SYS_close, trace), open_trace();
    pthread_mutex_unlock(&mutex);
}

__attribute__((constructor)) static void start(void)
{
    const char *dir = getenv("FAULT_ROOT"), *file = getenv("FAULT_TRACE"), *fail = getenv("FAULT_FAIL"), *ack = getenv("FAULT_ACK_FD");
    if (!dir) return;
    if (!realpath(dir, root)) broken("FAULT_ROOT is not there");
    count_path = getenv("FAULT_COUNT");
    freed_path = getenv("FAULT_FREED");
    match = getenv("FAULT_MATCH");
    if (ack && (fstat(atoi(ack), &ack_pipe) != 0 || !S_ISFIFO(ack_pipe.st_mode))) broken("FAULT_ACK_FD is no pipe");
    if (fail) read_plan(fail);
    if (file) {
        if (strlen(file) >= PATH_MAX) broken("FAULT_TRACE is too long");
        strcpy(trace_path, file);
        open_trace();
        char path[PATH_MAX];
        if (!path_of(trace, path) || below(path)) broken("FAULT_TRACE must lie outside FAULT_ROOT");
    }
    pthread_atfork(before_fork, after_fork, in_child);
    on = 1;
}

__attribute__((destructor)) static void finish(void)
{
    if (on) write_counts();
}
