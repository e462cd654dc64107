package io.quorumd.block.file;

import org.jspecify.annotations.Nullable;

/** The jobs of one device: as many as were ever in flight at once, used again and again. On the strand. */
final class JobPool {

    private final FileDevice device;
    private @Nullable Job free;
    private int taken;

    JobPool(FileDevice device) {
        this.device = device;
    }

    Job take(Job.Kind kind, long offset, long length) {
        taken++;
        Job job = free;
        if (job == null) {
            job = new Job(device);
        } else {
            free = job.next;
            job.next = null;
        }
        job.kind = kind;
        job.offset = offset;
        job.length = length;
        job.progress = 0;
        job.result = 0;
        return job;
    }

    void giveBack(Job job) {
        taken--;
        job.buffer = null;
        job.readDone = null;
        job.done = null;
        job.statusDone = null;
        job.change = null;
        job.fua = false;
        job.next = free;
        free = job;
    }

    /** Whether no job is in flight. */
    boolean isIdle() {
        return taken == 0;
    }
}
