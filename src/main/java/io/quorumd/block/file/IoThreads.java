package io.quorumd.block.file;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that wait for disks, shared by all devices of the process. */
public final class IoThreads {

    private IoThreads() {}

    /**
     * Daemon platform threads, made when needed and ended after ten idle seconds. Without a limit of its own, so that a
     * disk that hangs cannot use up the threads of the others: each device uses at most {@link Workers#MOST}.
     */
    public static ExecutorService newExecutor() {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                10,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> Thread.ofPlatform()
                        .daemon()
                        .name("block-io-" + number.incrementAndGet())
                        .unstarted(task));
    }
}
