/*
 * An nbdkit plugin: a file whose reads, writes and flushes fail as another file says, each line of it
 * "read|write|flush FROM TO ERRNO": such a request that touches the bytes [FROM, TO) fails and does nothing. The other
 * file is read anew for each request, so that replacing it is how faults come and go. What fails is thus a function of the
 * request and of that file alone.
 */
#define NBDKIT_API_VERSION 2
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <nbdkit-plugin.h>

#define THREAD_MODEL NBDKIT_THREAD_MODEL_SERIALIZE_ALL_REQUESTS

static char *file, *faults;
static int fd = -1;

static int faulty_config(const char *key, const char *value)
{
    char **target = strcmp(key, "file") == 0 ? &file : strcmp(key, "faults") == 0 ? &faults : NULL;
    if (!target) {
        nbdkit_error("unknown parameter %s; there are file= and faults=", key);
        return -1;
    }
    return (*target = nbdkit_absolute_path(value)) ? 0 : -1;
}

static int faulty_get_ready(void)
{
    if (!file || !faults) {
        nbdkit_error("file= and faults= are needed");
        return -1;
    }
    fd = open(file, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        nbdkit_error("%s: %m", file);
    return fd < 0 ? -1 : 0;
}

/* The errno of the first line that says that this request fails, or 0. */
static int fault(const char *operation, uint64_t offset, uint64_t count)
{
    char which[8];
    unsigned long from, to;
    int code, found = 0;
    FILE *lines = fopen(faults, "re");
    if (!lines)
        return errno;
    while (!found && fscanf(lines, "%7s %lu %lu %d", which, &from, &to, &code) == 4)
        if (strcmp(which, operation) == 0 && offset < to && from < offset + count)
            found = code;
    fclose(lines);
    return found;
}

static int fails(const char *operation, uint64_t offset, uint64_t count)
{
    int code = fault(operation, offset, count);
    if (code)
        nbdkit_set_error(code);
    return code != 0;
}

/* Files are read and written in one go but for the end of the disk they are on. */
static int whole(ssize_t done, uint32_t count)
{
    if (done == (ssize_t)count)
        return 0;
    nbdkit_set_error(done < 0 ? errno : EIO);
    return -1;
}

static void *faulty_open(int readonly)
{
    return NBDKIT_HANDLE_NOT_NEEDED;
}

static int64_t faulty_get_size(void *handle)
{
    struct stat status;
    return fstat(fd, &status) ? -1 : status.st_size;
}

static int faulty_pread(void *handle, void *data, uint32_t count, uint64_t offset, uint32_t flags)
{
    return fails("read", offset, count) ? -1 : whole(pread(fd, data, count, offset), count);
}

static int faulty_pwrite(void *handle, const void *data, uint32_t count, uint64_t offset, uint32_t flags)
{
    return fails("write", offset, count) ? -1 : whole(pwrite(fd, data, count, offset), count);
}

static int faulty_flush(void *handle, uint32_t flags)
{
    return fails("flush", 0, 1) ? -1 : whole(fdatasync(fd), 0);
}

static struct nbdkit_plugin plugin = {
    .name = "faulty",
    .config = faulty_config,
    .get_ready = faulty_get_ready,
    .open = faulty_open,
    .get_size = faulty_get_size,
    .pread = faulty_pread,
    .pwrite = faulty_pwrite,
    .flush = faulty_flush,
};

NBDKIT_REGISTER_PLUGIN(plugin)
