/* One iSCSI session on libiscsi, as both programs of this folder use it. */
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>

#define SECOND 1000000000ull

static inline void quit(const char *what, const char *why) { fprintf(stderr, "%s: %s\n", what, why); exit(2); }

static inline uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t) t.tv_sec * SECOND + (uint64_t) t.tv_nsec;
}

static inline uint64_t xorshift(uint64_t *state) {
    uint64_t x = *state;
    x ^= x << 13; x ^= x >> 7; x ^= x << 17;
    return *state = x;
}

/* A whole block out of count, uniformly. */
static inline uint64_t pick(uint64_t *state, uint64_t count) { return (uint64_t) (((unsigned __int128) xorshift(state) * count) >> 64); }

static inline uint64_t bytes_of(const char *text) {
    char *end;
    uint64_t value = strtoull(text, &end, 10);
    switch (*end) { case 'k': return value << 10; case 'm': return value << 20; case 'g': return value << 30; default: return value; }
}

/* Logs in as initiator number `id` of this process; NULL (and the reason in `why`) when that fails. */
static inline struct iscsi_context *log_in(const char *url_text, int id, int *lun, char why[256]) {
    char name[64];
    snprintf(name, sizeof name, "iqn.2026-11.io.quorumd.test:%d-%d", getpid(), id);
    struct iscsi_context *c = iscsi_create_context(name);
    struct iscsi_url *url = iscsi_parse_full_url(c, url_text);
    if (!url) quit(url_text, iscsi_get_error(c));
    iscsi_set_session_type(c, ISCSI_SESSION_NORMAL);
    iscsi_set_header_digest(c, ISCSI_HEADER_DIGEST_NONE);
    iscsi_set_noautoreconnect(c, 1);
    iscsi_set_timeout(c, 15);
    iscsi_set_isid_random(c, (uint32_t) (getpid() * 64 + id) & 0xffffff, (uint32_t) id);
    iscsi_set_targetname(c, url->target);
    *lun = url->lun;
    int failed = iscsi_full_connect_sync(c, url->portal, url->lun);
    iscsi_destroy_url(url);
    if (!failed) return c;
    snprintf(why, 256, "%s", iscsi_get_error(c));
    iscsi_destroy_context(c);
    return NULL;
}

/* Blocks of the disk and, in *size, the bytes of each. */
static inline uint64_t capacity(struct iscsi_context *c, int lun, uint32_t *size) {
    for (int i = 0; i < 5; i++) { /* the first commands may meet unit attentions */
        struct scsi_task *ready = iscsi_testunitready_sync(c, lun);
        int good = ready && ready->status == SCSI_STATUS_GOOD;
        if (ready) scsi_free_scsi_task(ready);
        if (good) break;
    }
    struct scsi_task *task = iscsi_readcapacity16_sync(c, lun);
    if (!task || task->status != SCSI_STATUS_GOOD) quit("READ CAPACITY(16)", iscsi_get_error(c));
    struct scsi_readcapacity16 *answer = scsi_datain_unmarshall(task);
    uint64_t blocks = answer->returned_lba + 1;
    *size = answer->block_length;
    scsi_free_scsi_task(task);
    return blocks;
}

/* Waits for the socket at most a second and does what it asks for; negative when the connection is lost. */
static inline int serve(struct iscsi_context *c) {
    struct pollfd p = {.fd = iscsi_get_fd(c), .events = (short) iscsi_which_events(c)};
    int ready = poll(&p, 1, 1000);
    if (ready < 0 && errno != EINTR) return -1;
    return iscsi_service(c, ready > 0 ? p.revents : 0);
}
