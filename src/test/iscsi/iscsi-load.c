/*
 * Load with figures: how many commands a target completes, and how fast.
 *   iscsi-load [--verify] URL MODE BYTES DEPTH CONNECTIONS SECONDS [FLUSH]     MODE: randread randwrite read write randrw70
 * A thread and a session per connection, DEPTH commands in flight on each, in its own slice of the disk. Only what is
 * completed between the common start and the end counts; latency is from submission to completion. Data written is
 * random and every sector differs. At depth 0 the sessions are idle. With FLUSH, a flush follows every FLUSH writes of a
 * connection, and latency is that of the flushes. Prints one line; exit status 1 when a command failed.
 *
 * With --verify every byte is checked, of 8 MiB per connection or a little more: all of it is written first and read back
 * last, and no command begins on a block before the one before it on that block has ended. A wrong block is an error. Its figures are
 * no measurement.
 */
#include <sys/resource.h>
#include "session.h"

enum { RANDREAD, RANDWRITE, SEQREAD, SEQWRITE, MIXED };
static const char *const MODES[] = {"randread", "randwrite", "read", "write", "randrw70"};

/* A histogram with 64 buckets per power of two. */
#define BUCKETS (64 * 58)
static int bucket_of(uint64_t ns) {
    if (ns < 64) return (int) ns;
    int e = 63 - __builtin_clzll(ns), i = (e - 5) * 64 + (int) ((ns >> (e - 6)) & 63);
    return i < BUCKETS ? i : BUCKETS - 1;
}
static double middle_of(int bucket) {
    if (bucket < 64) return bucket;
    int e = bucket / 64 + 5;
    return (double) ((64ull + (uint64_t) (bucket % 64)) << (e - 6)) + (double) (1ull << (e - 6)) / 2;
}

struct connection;
struct slot {
    struct connection *connection;
    uint8_t *bytes;
    uint64_t submitted, block, unique;
    enum { READING, WRITING, FLUSHING } kind;
    struct scsi_iovec vector;
};
struct connection {
    int id, lun, in_flight, lost;
    struct iscsi_context *c;
    struct slot *slots;
    uint32_t block_size;
    uint64_t first, blocks, position, random, sequence, completed, errors, histogram[BUCKETS];
    int unflushed;
    char note[256];
    /* To verify. */
    enum { WRITE_ALL, RUN, READ_ALL } phase;
    uint64_t *written; /* what each block was last stamped with */
    uint8_t *busy, *pattern, *expected;
};

static const char *url;
static int mode, depth, connections, flush_every, verifies;
static uint32_t size;
static double seconds;
static uint64_t end;
static pthread_barrier_t barrier;

static void submit(struct slot *slot);

static void stamp(uint8_t *bytes, uint64_t lba, uint64_t unique) {
    for (uint32_t at = 0; at < size; at += 512) {
        memcpy(bytes + at, &lba, 8);
        memcpy(bytes + at + 8, &unique, 8);
    }
}

static uint64_t lba_of(const struct connection *t, uint64_t block) { return (t->first + block) * (size / t->block_size); }

static void check(struct slot *slot) {
    struct connection *t = slot->connection;
    memcpy(t->expected, t->pattern, size);
    stamp(t->expected, lba_of(t, slot->block), t->written[slot->block]);
    if (memcmp(t->expected, slot->bytes, size) && !t->errors++)
        snprintf(t->note, sizeof t->note, "%u bytes at LBA %llu are not what was written", size, (unsigned long long) lba_of(t, slot->block));
}

static void completed(struct iscsi_context *c, int status, void *data, void *opaque) {
    struct slot *slot = opaque;
    struct connection *t = slot->connection;
    struct scsi_task *task = data;
    uint64_t at = now();
    t->in_flight--;
    if (status != SCSI_STATUS_GOOD || task->residual_status != SCSI_RESIDUAL_NO_RESIDUAL) {
        if (!t->errors++) snprintf(t->note, sizeof t->note, "status %d %s", status, iscsi_get_error(c));
        if (status == SCSI_STATUS_CANCELLED || status == SCSI_STATUS_ERROR) t->lost = 1;
    } else {
        if (verifies && slot->kind == WRITING) t->written[slot->block] = slot->unique;
        if (verifies && slot->kind == READING) check(slot);
        if (at <= end) {
            t->completed += slot->kind != FLUSHING;
            if (!flush_every || slot->kind == FLUSHING) t->histogram[bucket_of(at - slot->submitted)]++;
        }
    }
    if (verifies && slot->kind != FLUSHING) t->busy[slot->block] = 0;
    if (task) scsi_free_scsi_task(task);
    submit(slot);
}

/* What to do next; 0 when there is nothing left to do. */
static int choose(struct slot *slot) {
    struct connection *t = slot->connection;
    if (t->phase != RUN) {
        slot->kind = t->phase == WRITE_ALL ? WRITING : READING;
        slot->block = t->position++;
        return slot->block < t->blocks;
    }
    if (now() >= end) return 0;
    if (flush_every && t->unflushed >= flush_every) {
        t->unflushed = 0;
        slot->kind = FLUSHING;
        return 1;
    }
    slot->kind = mode == RANDWRITE || mode == SEQWRITE || (mode == MIXED && xorshift(&t->random) % 100 >= 70) ? WRITING : READING;
    do slot->block = mode == SEQREAD || mode == SEQWRITE ? t->position++ % t->blocks : pick(&t->random, t->blocks);
    while (verifies && t->busy[slot->block]);
    t->unflushed += slot->kind == WRITING;
    return 1;
}

static void submit(struct slot *slot) {
    struct connection *t = slot->connection;
    if (t->lost || !choose(slot)) return;
    uint64_t lba = lba_of(t, slot->block);
    if (slot->kind == WRITING) {
        slot->unique = ++t->sequence * 0x9E3779B97F4A7C15ull ^ t->random;
        if (verifies) memcpy(slot->bytes, t->pattern, size);
        stamp(slot->bytes, lba, slot->unique);
    }
    if (verifies && slot->kind == READING) memset(slot->bytes, 0xA5, size);
    if (verifies && slot->kind != FLUSHING) t->busy[slot->block] = 1;
    slot->vector = (struct scsi_iovec) {.iov_base = slot->bytes, .iov_len = size};
    slot->submitted = now();
    struct scsi_task *task = slot->kind == FLUSHING ? iscsi_synchronizecache10_task(t->c, t->lun, 0, 0, 0, 0, completed, slot)
        : slot->kind == WRITING ? iscsi_write16_iov_task(t->c, t->lun, lba, NULL, size, (int) t->block_size, 0, 0, 0, 0, 0, completed, slot, &slot->vector, 1)
        : iscsi_read16_iov_task(t->c, t->lun, lba, size, (int) t->block_size, 0, 0, 0, 0, 0, completed, slot, &slot->vector, 1);
    if (!task) { t->errors++; t->lost = 1; return; }
    t->in_flight++;
}

/* One phase, until nothing is in flight. */
static void work(struct connection *t, int phase) {
    t->phase = phase;
    t->position = 0;
    for (int i = 0; i < depth; i++) submit(&t->slots[i]);
    uint64_t limit = phase == RUN ? end + 10 * SECOND : now() + 600 * SECOND;
    while (t->in_flight > 0 && !t->lost) {
        if (serve(t->c) < 0 || now() > limit) { t->lost = 1; t->errors += (uint64_t) t->in_flight; snprintf(t->note, sizeof t->note, "%d commands unanswered", t->in_flight); }
    }
}

static void prepare_to_verify(struct connection *t) {
    uint64_t most = (8ull << 20) / size, least = 4 * (uint64_t) depth;
    if (most < least) most = least;
    if (t->blocks > most) t->blocks = most;
    if (t->blocks < 2 * (uint64_t) depth) quit(url, "too small to verify at this depth");
    t->written = calloc(t->blocks, sizeof *t->written);
    t->busy = calloc(t->blocks, 1);
    t->pattern = malloc(size);
    t->expected = malloc(size);
    memcpy(t->pattern, t->slots[0].bytes, size);
    work(t, WRITE_ALL);
}

static void *run(void *opaque) {
    struct connection *t = opaque;
    if (!(t->c = log_in(url, t->id, &t->lun, t->note))) quit("login", t->note);
    uint64_t blocks = capacity(t->c, t->lun, &t->block_size) * t->block_size / size;
    t->blocks = blocks / (uint64_t) connections;
    t->first = t->blocks * (uint64_t) t->id;
    if (size % t->block_size || t->blocks < (uint64_t) depth) quit(url, "blocks too large or disk too small");
    t->random = 12345 + (uint64_t) t->id * 0x9E3779B97F4A7C15ull;
    t->slots = calloc((size_t) depth, sizeof *t->slots);
    for (int i = 0; i < depth; i++) {
        t->slots[i] = (struct slot) {.connection = t, .bytes = aligned_alloc(4096, (size + 4095) / 4096 * 4096)};
        for (uint32_t at = 0; at < size; at += 8) { uint64_t r = xorshift(&t->random); memcpy(t->slots[i].bytes + at, &r, 8); }
    }
    if (verifies) prepare_to_verify(t);
    pthread_barrier_wait(&barrier);
    if (t->id == 0) end = now() + (uint64_t) (seconds * SECOND);
    pthread_barrier_wait(&barrier);
    if (depth == 0) usleep((useconds_t) (seconds * 1e6));
    work(t, RUN);
    if (verifies) work(t, READ_ALL);
    if (!t->lost) iscsi_logout_sync(t->c);
    return NULL;
}

static double cpu_seconds(void) {
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (double) (r.ru_utime.tv_sec + r.ru_stime.tv_sec) + (double) (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv) {
    if (argc > 1 && !strcmp(argv[1], "--verify")) { verifies = 1; argc--; argv++; }
    if (argc != 7 && argc != 8) quit("usage", "iscsi-load [--verify] URL MODE BYTES DEPTH CONNECTIONS SECONDS [FLUSH]");
    for (mode = 0; mode < 5 && strcmp(argv[2], MODES[mode]); mode++) continue;
    if (mode == 5) quit("no such mode", argv[2]);
    url = argv[1]; size = (uint32_t) bytes_of(argv[3]); depth = atoi(argv[4]); connections = atoi(argv[5]); seconds = atof(argv[6]);
    if (argc == 8) flush_every = atoi(argv[7]);
    if (verifies && depth < 1) quit("--verify", "at depth 0 there is nothing to check");
    pthread_barrier_init(&barrier, NULL, (unsigned) connections);
    struct connection *all = calloc((size_t) connections, sizeof *all);
    pthread_t *threads = calloc((size_t) connections, sizeof *threads);
    for (int i = 0; i < connections; i++) { all[i].id = i; pthread_create(&threads[i], NULL, run, &all[i]); }
    static uint64_t histogram[BUCKETS];
    uint64_t count = 0, timed = 0, errors = 0;
    for (int i = 0; i < connections; i++) {
        pthread_join(threads[i], NULL);
        count += all[i].completed;
        errors += all[i].errors;
        for (int b = 0; b < BUCKETS; b++) { histogram[b] += all[i].histogram[b]; timed += all[i].histogram[b]; }
        if (all[i].note[0]) fprintf(stderr, "connection %d: %s\n", i, all[i].note);
    }
    double quantile[] = {.5, .99, .999}, us[3] = {0};
    for (int q = 0; q < 3; q++) {
        uint64_t seen = 0;
        for (int b = 0; b < BUCKETS && us[q] == 0; b++) if ((seen += histogram[b]) > (uint64_t) (quantile[q] * (double) timed)) us[q] = middle_of(b) / 1000;
    }
    printf("count=%llu iops=%.0f mibs=%.1f p50us=%.1f p99us=%.1f p999us=%.1f errors=%llu clientcpu=%.2f\n", (unsigned long long) count, (double) count / seconds,
        (double) count * size / seconds / 1048576, us[0], us[1], us[2], (unsigned long long) errors, cpu_seconds());
    return errors != 0;
}
