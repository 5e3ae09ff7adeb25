/* Preloaded into a worker, this library writes down what the worker does to files (trace) and makes chosen
 * calls fail (inject). README.md beside it lists the environment variables.
 *
 * It keeps no table of descriptors: each call asks /proc/self/fd and fstat what its descriptor is, so that
 * dup, fcntl(F_DUPFD), inherited and passed descriptors are right without being wrapped. sync_file_range,
 * sync and syncfs are not wrapped on purpose: they promise nothing to a file's owner, so nothing counts.
 *
 * A traced call and its record happen under one lock between all threads and processes: the order of the
 * records is the order of the calls. Real calls are raw system calls, so that nothing here meets its own
 * wrappers. */
#include "shim_base.h"

/* ---- files -------------------------------------------------------------------------------------------- */

static int do_open(int at, const char *path, int flags, mode_t mode)
{
    struct place p;
    if (!place(at, path, &p)) return syscall(SYS_openat, at, path, flags, mode);
    lock();
    enum verdict verdict = judge(OPEN, p.path);
    if (verdict == REFUSE) return done(verdict, -1);
    struct stat before, now;
    int absent = fstatat(at, path, &before, 0) != 0;
    int fd = syscall(SYS_openat, at, path, flags, mode);
    int error = errno;
    if (fd >= 0 && fstat(fd, &now) == 0) {
        if ((flags & O_TMPFILE) == O_TMPFILE) harness_error("a file without a name", p.path);
        else if (absent && (flags & O_CREAT)) record(CREATED, now.st_dev, now.st_ino, p.dir, 0, p.name, strlen(p.name), 0, 0);
        else if ((flags & O_TRUNC) && S_ISREG(now.st_mode)) record(RESIZED, now.st_dev, now.st_ino, 0, 0, 0, 0, 0, 0);
    }
    errno = error;
    return done(verdict, fd);
}

static ssize_t real_write(int fd, const struct iovec *parts, int n, off_t at)
{
    return at < 0 ? syscall(SYS_writev, fd, parts, n) : syscall(SYS_pwritev, fd, parts, n, at, 0L);
}

/* Acknowledgements are on record before they leave: what the other side saw is always in the trace. */
static ssize_t acknowledge(int fd, const struct iovec *parts, int n)
{
    lock();
    for (int i = 0; i < n; i++) record(ACK, 0, 0, 0, 0, 0, 0, parts[i].iov_base, parts[i].iov_len);
    return done(GO, real_write(fd, parts, n, -1));
}

static ssize_t do_write(int fd, const struct iovec *parts, int n, off_t at)
{
    struct stat stat;
    if (on && ack_pipe.st_ino && fstat(fd, &stat) == 0 && stat.st_ino == ack_pipe.st_ino && stat.st_dev == ack_pipe.st_dev)
        return acknowledge(fd, parts, n);
    struct file f;
    if (!tracked(fd, &f) || !S_ISREG(f.stat.st_mode)) return real_write(fd, parts, n, at);
    size_t want = 0;
    for (int i = 0; i < n; i++) want += parts[i].iov_len;
    char *bytes = malloc(want ? want : 1), *end = bytes;
    if (!bytes) broken("no memory");
    for (int i = 0; i < n; i++) end = mempcpy(end, parts[i].iov_base, parts[i].iov_len);

    lock();
    enum verdict verdict = judge(WRITE, f.path);
    ssize_t wrote = -1;
    int error = errno;
    if (verdict != REFUSE && fstat(fd, &f.stat) == 0) {
        int append = syscall(SYS_fcntl, fd, F_GETFL) & O_APPEND;
        off_t start = append ? f.stat.st_size : at >= 0 ? at : lseek(fd, 0, SEEK_CUR);
        if (verdict == HALF) want /= 2;
        long long grow = start + (long long)want - f.stat.st_size;
        long long lacks = grow > 0 ? grow - room_for(grow) : 0;
        if (lacks > 0 && lacks >= (long long)want) {
            verdict = REFUSE;
            failure = ENOSPC;
        } else {
            struct iovec all = {bytes, want - lacks};
            wrote = real_write(fd, &all, 1, at);
            error = errno;
            if (wrote > 0) record(WROTE, f.stat.st_dev, f.stat.st_ino, start, 0, 0, 0, bytes, wrote);
        }
    }
    free(bytes);
    errno = error;
    return done(verdict, wrote);
}

static int do_truncate(int fd, off_t size)
{
    struct file f;
    if (!tracked(fd, &f)) return syscall(SYS_ftruncate, fd, size);
    lock();
    enum verdict verdict = judge(TRUNCATE, f.path);
    int result = verdict == REFUSE ? -1 : syscall(SYS_ftruncate, fd, size);
    if (result == 0) record(RESIZED, f.stat.st_dev, f.stat.st_ino, size, 0, 0, 0, 0, 0);
    return done(verdict, result);
}

static int do_allocate(int fd, int mode, off_t at, off_t len)
{
    struct file f;
    if (!tracked(fd, &f)) return syscall(SYS_fallocate, fd, mode, at, len);
    lock();
    enum verdict verdict = judge(ALLOCATE, f.path);
    long long grow = fstat(fd, &f.stat) == 0 ? at + len - f.stat.st_size : 0;
    if (verdict != REFUSE && grow > 0 && room_for(grow) < grow) {
        verdict = REFUSE;
        failure = ENOSPC;
    }
    int result = verdict == REFUSE ? -1 : syscall(SYS_fallocate, fd, mode, at, len);
    if (result == 0 && mode == 0) record(EXTENDED, f.stat.st_dev, f.stat.st_ino, at + len, 0, 0, 0, 0, 0);
    if (result == 0 && (mode & ~FALLOC_FL_KEEP_SIZE)) harness_error("fallocate with a mode that is not modelled", f.path);
    return done(verdict, result);
}

static int do_sync(int fd, long call)
{
    struct file f;
    if (!tracked(fd, &f)) return syscall(call, fd);
    lock();
    enum verdict verdict = judge(FSYNC, f.path);
    int result = verdict == REFUSE ? -1 : syscall(call, fd), error = errno;
    record(result == 0 ? SYNCED : SYNC_FAILED, f.stat.st_dev, f.stat.st_ino, 0, 0, 0, 0, 0, 0);
    errno = error;
    return done(verdict, result);
}

/* ---- directories -------------------------------------------------------------------------------------- */

static int do_rename(int from, const char *old, int to, const char *new, unsigned flags)
{
    struct place a, b;
    int a_in = place(from, old, &a), b_in = place(to, new, &b);
    if (!a_in && !b_in) return syscall(SYS_renameat2, from, old, to, new, flags);
    lock();
    enum verdict verdict = judge(RENAME, b_in ? b.path : a.path);
    struct stat stat = {0};
    fstatat(from, old, &stat, AT_SYMLINK_NOFOLLOW);
    int result = verdict == REFUSE ? -1 : syscall(SYS_renameat2, from, old, to, new, flags), error = errno;
    if (result == 0) {
        char names[2 * NAME_MAX + 2];
        size_t n = snprintf(names, sizeof names, "%s/%s", a.name, b.name);
        if (!a_in || !b_in || (flags & ~RENAME_NOREPLACE)) harness_error("a rename that is not modelled", a_in ? a.path : b.path);
        else record(RENAMED, stat.st_dev, stat.st_ino, a.dir, b.dir, names, n, 0, 0);
    }
    errno = error;
    return done(verdict, result);
}

static int do_link(int from, const char *old, int to, const char *new, int flags)
{
    struct place p;
    if (!place(to, new, &p)) return syscall(SYS_linkat, from, old, to, new, flags);
    lock();
    enum verdict verdict = judge(LINK, p.path);
    int result = verdict == REFUSE ? -1 : syscall(SYS_linkat, from, old, to, new, flags), error = errno;
    struct stat stat;
    if (result == 0 && fstatat(to, new, &stat, AT_SYMLINK_NOFOLLOW) == 0)
        record(LINKED, stat.st_dev, stat.st_ino, p.dir, 0, p.name, strlen(p.name), 0, 0);
    errno = error;
    return done(verdict, result);
}

static int do_unlink(int at, const char *path, int flags)
{
    struct place p;
    if (!place(at, path, &p)) return syscall(SYS_unlinkat, at, path, flags);
    lock();
    enum verdict verdict = judge(UNLINK, p.path);
    struct stat stat = {0};
    fstatat(at, path, &stat, AT_SYMLINK_NOFOLLOW);
    int result = verdict == REFUSE ? -1 : syscall(SYS_unlinkat, at, path, flags), error = errno;
    if (result == 0) record(REMOVED, stat.st_dev, stat.st_ino, p.dir, 0, p.name, strlen(p.name), 0, 0);
    errno = error;
    return done(verdict, result);
}

static int do_mkdir(int at, const char *path, mode_t mode)
{
    struct place p;
    if (!place(at, path, &p)) return syscall(SYS_mkdirat, at, path, mode);
    lock();
    enum verdict verdict = judge(MKDIR, p.path);
    int result = verdict == REFUSE ? -1 : syscall(SYS_mkdirat, at, path, mode), error = errno;
    struct stat stat;
    if (result == 0 && fstatat(at, path, &stat, AT_SYMLINK_NOFOLLOW) == 0)
        record(MADE_DIR, stat.st_dev, stat.st_ino, p.dir, 0, p.name, strlen(p.name), 0, 0);
    errno = error;
    return done(verdict, result);
}

/* ---- the names the C library has for them ------------------------------------------------------------- */

#define ALIAS(name) __attribute__((alias(#name)))
#define OPEN_MODE(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

int open(const char *path, int flags, ...) { OPEN_MODE(flags) return do_open(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { OPEN_MODE(flags) return do_open(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { OPEN_MODE(flags) return do_open(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { OPEN_MODE(flags) return do_open(at, path, flags, mode); }
int creat(const char *path, mode_t mode) { return do_open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) ALIAS(creat);

ssize_t write(int fd, const void *data, size_t n) { struct iovec v = {(void *)data, n}; return do_write(fd, &v, 1, -1); }
ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
    struct iovec v = {(void *)data, n};
    if (at < 0) return errno = EINVAL, -1;
    return do_write(fd, &v, 1, at);
}
ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at) ALIAS(pwrite);
ssize_t writev(int fd, const struct iovec *parts, int n) { return do_write(fd, parts, n, -1); }
ssize_t pwritev(int fd, const struct iovec *parts, int n, off_t at) { return do_write(fd, parts, n, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int n, off64_t at) ALIAS(pwritev);

int ftruncate(int fd, off_t size) { return do_truncate(fd, size); }
int ftruncate64(int fd, off64_t size) ALIAS(ftruncate);
int fallocate(int fd, int mode, off_t at, off_t len) { return do_allocate(fd, mode, at, len); }
int fallocate64(int fd, int mode, off64_t at, off64_t len) ALIAS(fallocate);
int posix_fallocate(int fd, off_t at, off_t len) { return do_allocate(fd, 0, at, len) == 0 ? 0 : errno; }
int posix_fallocate64(int fd, off64_t at, off64_t len) ALIAS(posix_fallocate);
int fsync(int fd) { return do_sync(fd, SYS_fsync); }
int fdatasync(int fd) { return do_sync(fd, SYS_fdatasync); }

int rename(const char *old, const char *new) { return do_rename(AT_FDCWD, old, AT_FDCWD, new, 0); }
int renameat(int from, const char *old, int to, const char *new) { return do_rename(from, old, to, new, 0); }
int renameat2(int from, const char *old, int to, const char *new, unsigned flags) { return do_rename(from, old, to, new, flags); }
int link(const char *old, const char *new) { return do_link(AT_FDCWD, old, AT_FDCWD, new, 0); }
int linkat(int from, const char *old, int to, const char *new, int flags) { return do_link(from, old, to, new, flags); }
int unlink(const char *path) { return do_unlink(AT_FDCWD, path, 0); }
int unlinkat(int at, const char *path, int flags) { return do_unlink(at, path, flags); }
int rmdir(const char *path) { return do_unlink(AT_FDCWD, path, AT_REMOVEDIR); }
int mkdir(const char *path, mode_t mode) { return do_mkdir(AT_FDCWD, path, mode); }
int mkdirat(int at, const char *path, mode_t mode) { return do_mkdir(at, path, mode); }

int close(int fd)
{
    struct file f;
    if (!tracked(fd, &f)) return syscall(SYS_close, fd);
    lock();
    enum verdict verdict = judge(CLOSE, f.path);
    return done(verdict, syscall(SYS_close, fd)); /* Linux closes, whatever it says. */
}

/* The WAL index is made anew after a crash; any other shared mapping would change a file unseen. */
void *mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
    struct file f;
    if (fd >= 0 && (prot & PROT_WRITE) && (flags & MAP_TYPE) != MAP_PRIVATE && tracked(fd, &f)) {
        size_t n = strlen(f.path);
        if (n < 4 || strcmp(f.path + n - 4, "-shm") != 0) {
            lock();
            harness_error("a writable shared mapping", f.path);
            unlock();
        }
    }
    return (void *)syscall(SYS_mmap, at, len, prot, flags, fd, offset);
}
void *mmap64(void *at, size_t len, int prot, int flags, int fd, off64_t offset) ALIAS(mmap);

/* Copies inside the kernel are refused as an old kernel would: callers fall back to read and write. */
#define REFUSED(target, call) struct file f; if (tracked(target, &f)) return errno = ENOSYS, -1; return call
ssize_t copy_file_range(int in, off64_t *a, int out, off64_t *b, size_t n, unsigned flags) { REFUSED(out, syscall(SYS_copy_file_range, in, a, out, b, n, flags)); }
ssize_t sendfile(int out, int in, off_t *at, size_t n) { REFUSED(out, syscall(SYS_sendfile, out, in, at, n)); }
ssize_t sendfile64(int out, int in, off64_t *at, size_t n) ALIAS(sendfile);
ssize_t splice(int in, off64_t *a, int out, off64_t *b, size_t n, unsigned flags) { REFUSED(out, syscall(SYS_splice, in, a, out, b, n, flags)); }
