package io.quorumd.block.file;

import org.jspecify.annotations.Nullable;

/** Jobs in the order given, linked by themselves so that nothing is allocated. Not thread-safe. */
final class JobQueue {

    private @Nullable Job first;
    private @Nullable Job last;
    private int size;

    boolean isEmpty() {
        return first == null;
    }

    int size() {
        return size;
    }

    void add(Job job) {
        size++;
        job.next = null;
        if (last == null) {
            first = job;
        } else {
            last.next = job;
        }
        last = job;
    }

    @Nullable
    Job poll() {
        Job job = first;
        if (job != null) {
            size--;
            first = job.next;
            last = first == null ? null : last;
            job.next = null;
        }
        return job;
    }

    /** The first one of another device. */
    @Nullable
    Job pollExcept(FileDevice device) {
        Job before = null;
        Job job = first;
        while (job != null && job.device == device) {
            before = job;
            job = job.next;
        }
        if (job == null || before == null) {
            return job == null ? null : poll();
        }
        size--;
        before.next = job.next;
        last = job.next == null ? before : last;
        job.next = null;
        return job;
    }

    /** All there are, linked. */
    @Nullable
    Job takeAll() {
        Job all = first;
        first = null;
        last = null;
        size = 0;
        return all;
    }

    /** Those of one device, linked; the others stay. */
    @Nullable
    Job takeAllOf(FileDevice device) {
        JobQueue taken = new JobQueue();
        for (Job job = takeAll(); job != null; ) {
            Job next = job.next;
            (job.device == device ? taken : this).add(job);
            job = next;
        }
        return taken.first;
    }
}
