package io.quorumd.block.file;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Jobs that have ended and await their strand. Given by any thread, taken by one. */
final class EndedJobs {

    /** The latest first. */
    private final AtomicReference<@Nullable Job> latest = new AtomicReference<>();

    /** @return whether there was none before, so that the strand is to be called */
    boolean add(Job job) {
        Job before;
        do {
            before = latest.get();
            job.next = before;
        } while (!latest.compareAndSet(before, job));
        return before == null;
    }

    /** On the strand: gives all there are to their devices, in the order in which they ended. @return how many */
    int handBack() {
        int count = 0;
        for (Job job = takeInOrder(); job != null; count++) {
            Job next = job.next;
            job.next = null;
            job.device.ended(job);
            job = next;
        }
        return count;
    }

    private @Nullable Job takeInOrder() {
        Job inOrder = null;
        for (Job job = latest.getAndSet(null); job != null; ) {
            Job earlier = job.next;
            job.next = inOrder;
            inOrder = job;
            job = earlier;
        }
        return inOrder;
    }
}
