package io.quorumd.service;

import java.util.concurrent.atomic.AtomicInteger;

/** How many volumes have children open, from before the first is looked for until after the last is closed. Any thread. */
final class OpenVolumes {

    private final AtomicInteger count = new AtomicInteger();

    void opening() {
        count.incrementAndGet();
    }

    void closed() {
        count.decrementAndGet();
    }

    boolean isNone() {
        return count.get() == 0;
    }
}
