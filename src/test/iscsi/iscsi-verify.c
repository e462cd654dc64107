/*
 * Random reads, writes and flushes whose every byte is checked, over lost connections and a target that is killed.
 *   iscsi-verify URL SESSIONS DEPTH REQUESTS [SEED]
 *   iscsi-verify URL SESSIONS DEPTH kill|power [SEED [MIB]]
 * Each session works on 16 MiB (or MIB) of its own, in requests of 512 bytes to 64 KiB, never two at once on one sector. All of
 * it is written first (then a line "started"), REQUESTS are made, all is read back. Prints "acknowledged N" every 1000 writes, last
 * a line of totals. Exit status 1 when a byte was wrong or a command failed other than by a lost connection.
 *
 * With `kill` or `power` it goes from one lost connection to the next. Whenever all has been written or, after a loss, read
 * back, it prints "verified" and the totals so far, and does what the next line of its input says: "go N" makes requests until
 * the connection is lost, prints "reached" when N more writes have been acknowledged and "acknowledged" every 50; "again" reads all back; "end" ends.
 * Every eighth 64 KiB is never written again, so that somebody may damage a copy there and know that no write is under way.
 *
 * Model, per sector: the lowest and the highest generation it may hold. An acknowledged write makes both its own. One
 * that was never acknowledged leaves either possible; whichever a read returns is the one from then on. With `power`, a
 * lost connection may have cost what was acknowledged but neither flushed nor written with FUA: a sector then holds what an
 * acknowledged flush covered, or anything newer; what is read back afterwards stays. "gone" counts sectors that went back so.
 */
#include "session.h"

#define SECTOR 512u
#define SECTORS (32u * 1024) /* of a session, at most */
#define LONGEST 128u /* sectors of a request */
#define PATIENCE (60 * SECOND)

struct session;
struct slot {
    struct session *session;
    uint8_t *bytes;
    uint32_t first, count, generation, *flushing; /* the lowest of each sector when the flush was sent */
    enum { READ, WRITE, FLUSH } kind;
    int fua;
    struct scsi_iovec vector;
};
struct session {
    int id, lun, in_flight, lost, preparing;
    struct iscsi_context *c;
    struct slot *slots;
    uint32_t block_size, lowest[SECTORS], highest[SECTORS], durable[SECTORS], acknowledged[SECTORS], generations, next;
    uint8_t busy[SECTORS];
    uint64_t base, random, left, reads, writes, flushes, unacknowledged, logins, gone, wrong, errors;
    char note[256];
};

static const char *url;
static int depth;
static uint64_t requests, seed = 1, acknowledged, reach;
static uint32_t sectors = SECTORS;
static enum { REQUESTS, KILL, POWER } mode;
static enum { GO, AGAIN, END } order;
static pthread_mutex_t printing = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t prepared;

static void fill(uint8_t *sector, uint64_t number, uint32_t generation) {
    uint64_t state = (number * 0x9E3779B97F4A7C15ull ^ generation * 0xD1B54A32D192ED03ull ^ seed) | 1, words[SECTOR / 8];
    for (unsigned i = 0; i < SECTOR / 8; i++) words[i] = xorshift(&state);
    words[0] = generation;
    memcpy(sector, words, SECTOR);
}

static void check(struct session *s, const struct slot *slot) {
    for (uint32_t i = 0; i < slot->count; i++) {
        uint32_t at = slot->first + i, generation;
        uint8_t expected[SECTOR];
        const uint8_t *got = slot->bytes + i * SECTOR;
        memcpy(&generation, got, sizeof generation);
        fill(expected, s->base + at, generation);
        if (generation < s->lowest[at] || generation > s->highest[at] || memcmp(expected, got, SECTOR)) {
            if (!s->wrong++) snprintf(s->note, sizeof s->note, "sector %llu holds generation %u, wanted %u to %u%s", (unsigned long long) (s->base + at), generation,
                s->lowest[at], s->highest[at], memcmp(expected, got, SECTOR) ? ", and its bytes are not that generation's" : "");
            continue;
        }
        s->lowest[at] = s->highest[at] = generation;
        if (s->left == 0) s->durable[at] = generation;
        if (generation < s->acknowledged[at]) { s->gone++; s->acknowledged[at] = generation; }
    }
}

static void count_acknowledged(void) {
    pthread_mutex_lock(&printing);
    ++acknowledged;
    if (acknowledged % (mode == REQUESTS ? 1000 : 50) == 0) { printf("acknowledged %llu\n", (unsigned long long) acknowledged); fflush(stdout); }
    if (mode != REQUESTS && acknowledged == reach) { puts("reached"); fflush(stdout); }
    pthread_mutex_unlock(&printing);
}

static void submit(struct slot *slot);

static void completed(struct iscsi_context *c, int status, void *data, void *opaque) {
    struct slot *slot = opaque;
    struct session *s = slot->session;
    struct scsi_task *task = data;
    s->in_flight--;
    if (status == SCSI_STATUS_GOOD) {
        if (slot->kind == READ) { s->reads++; check(s, slot); }
        else if (slot->kind == FLUSH) {
            s->flushes++;
            for (uint32_t i = 0; i < sectors; i++) if (slot->flushing[i] > s->durable[i]) s->durable[i] = slot->flushing[i];
        } else {
            s->writes++;
            if (!s->preparing) count_acknowledged();
            for (uint32_t i = 0; i < slot->count; i++) s->lowest[slot->first + i] = s->acknowledged[slot->first + i] = slot->generation;
            if (slot->fua) for (uint32_t i = 0; i < slot->count; i++) s->durable[slot->first + i] = slot->generation;
        }
    } else {
        if (slot->kind == WRITE) s->unacknowledged++;
        int attention = status == SCSI_STATUS_CHECK_CONDITION && task && task->sense.key == SCSI_SENSE_UNIT_ATTENTION;
        if (status == SCSI_STATUS_CANCELLED || status == SCSI_STATUS_ERROR) s->lost = 1;
        else if (!attention && !s->errors++)
            snprintf(s->note, sizeof s->note, "%s of sectors %llu+%u, status %d: %s", (const char *[]) {"read", "write", "flush"}[slot->kind],
                (unsigned long long) (s->base + slot->first), slot->count, status, iscsi_get_error(c));
    }
    if (slot->kind != FLUSH) memset(s->busy + slot->first, 0, slot->count);
    if (task) scsi_free_scsi_task(task);
    submit(slot);
}

/* Whether it touches what is written once only. */
static int still(const struct slot *slot) {
    return slot->first / LONGEST % 8 == 7 || (slot->first + slot->count - 1) / LONGEST % 8 == 7;
}

static int choose(struct session *s, struct slot *slot) {
    slot->fua = 0;
    if (s->next < sectors) { /* going through all of it: before the run to write it, after it to read it */
        slot->kind = s->preparing ? WRITE : READ;
        slot->first = s->next;
        slot->count = LONGEST;
        s->next += LONGEST;
        return 1;
    }
    if (s->left == 0) return 0;
    s->left--;
    uint64_t dice = xorshift(&s->random) % 64;
    slot->kind = dice == 0 ? FLUSH : dice < 32 ? WRITE : READ;
    slot->fua = mode != REQUESTS && slot->kind == WRITE && dice < 4;
    uint32_t unit = s->block_size / SECTOR;
    for (;;) {
        slot->count = (uint32_t) (1 + pick(&s->random, dice % 4 ? 8 : LONGEST / unit)) * unit;
        if (slot->count > LONGEST) slot->count = LONGEST;
        slot->first = (uint32_t) pick(&s->random, (sectors - slot->count) / unit + 1) * unit;
        if (mode != REQUESTS && slot->kind == WRITE && still(slot)) continue;
        if (!memchr(s->busy + slot->first, 1, slot->count)) return 1;
    }
}

static void submit(struct slot *slot) {
    struct session *s = slot->session;
    if (s->lost || !choose(s, slot)) return;
    uint32_t length = slot->count * SECTOR;
    uint64_t lba = (s->base + slot->first) / (s->block_size / SECTOR);
    struct scsi_task *task;
    slot->vector = (struct scsi_iovec) {.iov_base = slot->bytes, .iov_len = length};
    if (slot->kind == FLUSH) {
        memcpy(slot->flushing, s->lowest, sectors * sizeof *slot->flushing);
        task = iscsi_synchronizecache10_task(s->c, s->lun, 0, 0, 0, 0, completed, slot);
    } else if (slot->kind == READ) {
        memset(slot->bytes, 0xA5, length);
        task = iscsi_read16_iov_task(s->c, s->lun, lba, length, (int) s->block_size, 0, 0, 0, 0, 0, completed, slot, &slot->vector, 1);
    } else {
        slot->generation = ++s->generations;
        for (uint32_t i = 0; i < slot->count; i++) {
            fill(slot->bytes + i * SECTOR, s->base + slot->first + i, slot->generation);
            s->highest[slot->first + i] = slot->generation;
        }
        task = iscsi_write16_iov_task(s->c, s->lun, lba, NULL, length, (int) s->block_size, 0, 0, slot->fua, 0, 0, completed, slot, &slot->vector, 1);
    }
    if (!task) { s->lost = 1; return; } /* what it would have been stays possible, which is true of no write sent at all */
    if (slot->kind != FLUSH) memset(s->busy + slot->first, 1, slot->count);
    s->in_flight++;
}

static void connect_again(struct session *s) {
    uint64_t limit = now() + PATIENCE;
    char why[256];
    while (!(s->c = log_in(url, s->id, &s->lun, why))) {
        if (now() > limit) quit("login", why);
        usleep(50000);
    }
    s->logins++;
    s->lost = 0;
}

/* Until there is nothing left to do, and all that was in flight has ended. */
static void work(struct session *s) {
    for (;;) {
        for (int i = 0; i < depth; i++) submit(&s->slots[i]);
        while (s->in_flight > 0 && !s->lost) if (serve(s->c) < 0) s->lost = 1;
        if (!s->lost) return;
        if (s->next < sectors || (s->preparing && s->in_flight)) s->next = 0; /* begin again what goes through all of it */
        if (mode != REQUESTS) { s->left = 0; s->next = 0; }
        iscsi_destroy_context(s->c); /* completes everything in flight as cancelled */
        if (mode == POWER) memcpy(s->lowest, s->durable, sizeof s->lowest);
        memset(s->busy, 0, sizeof s->busy);
        s->in_flight = 0;
        connect_again(s);
    }
}

static struct session *all;
static int sessions;

static void print_totals(void) {
    struct session sum = {0};
    for (int i = 0; i < sessions; i++) {
        const struct session *s = &all[i];
        sum.reads += s->reads; sum.writes += s->writes; sum.flushes += s->flushes; sum.unacknowledged += s->unacknowledged;
        sum.logins += s->logins; sum.gone += s->gone; sum.wrong += s->wrong; sum.errors += s->errors;
        if (s->note[0]) printf("session %d: %s\n", i, s->note);
    }
    printf("reads=%llu writes=%llu flushes=%llu unacknowledged=%llu logins=%llu gone=%llu wrong=%llu errors=%llu\n", (unsigned long long) sum.reads, (unsigned long long) sum.writes,
        (unsigned long long) sum.flushes, (unsigned long long) sum.unacknowledged, (unsigned long long) sum.logins, (unsigned long long) sum.gone, (unsigned long long) sum.wrong, (unsigned long long) sum.errors);
    fflush(stdout);
}

static void take_order(void) {
    char line[64];
    printf("verified ");
    print_totals();
    if (!fgets(line, sizeof line, stdin)) order = END;
    else if (sscanf(line, "go %llu", (unsigned long long *) &reach) == 1) { order = GO; reach += acknowledged; }
    else order = strcmp(line, "again\n") ? END : AGAIN;
}

/* From one lost connection to the next; all has been written. */
static void obey(struct session *s) {
    struct scsi_task *flushed = iscsi_synchronizecache10_sync(s->c, s->lun, 0, 0, 0, 0);
    if (!flushed || flushed->status != SCSI_STATUS_GOOD) quit("first flush", iscsi_get_error(s->c));
    scsi_free_scsi_task(flushed);
    s->next = 0;
    do {
        work(s);
        pthread_barrier_wait(&prepared);
        if (s->id == 0) take_order();
        pthread_barrier_wait(&prepared);
        if (order == AGAIN) s->next = 0;
        if (order == GO) s->left = UINT64_MAX;
    } while (order != END);
}

static void *run(void *opaque) {
    struct session *s = opaque;
    connect_again(s);
    uint64_t blocks = capacity(s->c, s->lun, &s->block_size);
    s->base = (uint64_t) s->id * sectors;
    if ((s->base + sectors) * SECTOR > blocks * s->block_size) quit(url, "too small");
    s->random = seed * 0x9E3779B97F4A7C15ull + (uint64_t) s->id * 7919 + 1;
    s->slots = calloc((size_t) depth, sizeof *s->slots);
    for (int i = 0; i < depth; i++) s->slots[i] = (struct slot) {.session = s, .bytes = malloc(LONGEST * SECTOR), .flushing = malloc(sizeof s->lowest)};
    s->preparing = 1;
    work(s);
    s->preparing = 0;
    pthread_barrier_wait(&prepared);
    if (s->id == 0) { puts("started"); fflush(stdout); }
    if (mode != REQUESTS) obey(s);
    else {
        s->left = requests;
        work(s);
        s->next = 0;
        work(s);
    }
    iscsi_logout_sync(s->c);
    iscsi_destroy_context(s->c);
    return NULL;
}

int main(int argc, char **argv) {
    if (argc < 5) quit("usage", "iscsi-verify URL SESSIONS DEPTH REQUESTS|kill|power [SEED [MIB]]");
    url = argv[1];
    sessions = atoi(argv[2]);
    depth = atoi(argv[3]);
    mode = !strcmp(argv[4], "kill") ? KILL : !strcmp(argv[4], "power") ? POWER : REQUESTS;
    requests = strtoull(argv[4], NULL, 10);
    if (argc > 5) seed = strtoull(argv[5], NULL, 10);
    if (argc > 6) sectors = (uint32_t) atoi(argv[6]) * (1 << 20) / SECTOR;
    if (!sectors || sectors > SECTORS) quit("MIB", "1 to 16");
    all = calloc((size_t) sessions, sizeof *all);
    pthread_t *threads = calloc((size_t) sessions, sizeof *threads);
    pthread_barrier_init(&prepared, NULL, (unsigned) sessions);
    for (int i = 0; i < sessions; i++) { all[i].id = i; pthread_create(&threads[i], NULL, run, &all[i]); }
    uint64_t bad = 0;
    for (int i = 0; i < sessions; i++) { pthread_join(threads[i], NULL); bad += all[i].wrong + all[i].errors; }
    print_totals();
    return bad != 0;
}
