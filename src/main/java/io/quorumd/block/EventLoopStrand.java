package io.quorumd.block;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A Netty event loop as a {@link Strand}: the device lives on the thread that serves the sockets, without a hop. */
public final class EventLoopStrand implements Strand {

    private final EventLoop loop;
    private final Fence fence;

    public EventLoopStrand(EventLoop loop) {
        this(loop, Fence.NONE);
    }

    /** @param fence what the devices on it stand behind */
    public EventLoopStrand(EventLoop loop, Fence fence) {
        this.loop = loop;
        this.fence = fence;
    }

    public Fence fence() {
        return fence;
    }

    /** The event loop itself, for channels that are to live on it. */
    public EventLoop loop() {
        return loop;
    }

    @Override
    public boolean isCurrent() {
        return loop.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
        ScheduledFuture<?> future = loop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }
}
