package io.quorumd.iscsi;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.block.MemoryDevice;
import io.quorumd.pdu.EventLoops;
import io.quorumd.scsi.Disk;
import io.quorumd.scsi.DiskIdentity;
import io.quorumd.scsi.LunMap;
import io.quorumd.scsi.ReservationStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A server with one target whose LUN 0 is a disk in RAM, on a port of its own. */
final class TestTarget implements AutoCloseable {

    static final String NAME = "iqn.2026-11.io.quorumd:disk0";
    static final int SIZE = 64 << 20;

    /** Whether connections and the disk share a thread. */
    enum Threads {
        ONE,
        APART
    }

    final EventLoops loops;
    private final EventLoops diskLoops;
    final EventLoop diskLoop;
    final MemoryDevice device;
    final LunMap luns;
    final IscsiServer server;

    TestTarget() {
        this(IscsiLimits.DEFAULT, Threads.ONE, 0);
    }

    TestTarget(IscsiLimits limits) {
        this(limits, Threads.ONE, 0);
    }

    TestTarget(Threads threads) {
        this(IscsiLimits.DEFAULT, threads, 0);
    }

    private TestTarget(IscsiLimits limits, Threads threads, int port) {
        loops = threads == Threads.ONE ? EventLoops.start(1) : EventLoops.startNio(2);
        diskLoops = threads == Threads.ONE ? loops : EventLoops.startNio(1);
        diskLoop = diskLoops.next();
        device = new MemoryDevice("ram", SIZE, new EventLoopStrand(diskLoop));
        luns = new LunMap(NAME, device.strand());
        luns.add(
                0,
                new Disk(
                        device,
                        new DiskIdentity("6000112233445566778899aabbccddee", "SN0001"),
                        512,
                        true,
                        ReservationStore.NONE),
                false);
        var portal = Portal.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        server = new IscsiServer(
                IscsiSettings.of(portal).with(limits), loops, PooledByteBufAllocator.DEFAULT, CommandListener.NONE);
        server.addTarget(new TargetNode(NAME, "disk0", TargetAccess.OPEN, luns));
        server.start();
    }

    InetSocketAddress address() {
        return server.addresses().getFirst();
    }

    /** Runs on the disk's thread, and waits for it. */
    void onDisk(Runnable task) {
        CompletableFuture.runAsync(task, diskLoop)
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void close() {
        try {
            server.stop(Duration.ofSeconds(5)).orTimeout(20, TimeUnit.SECONDS).join();
        } finally {
            loops.stop().orTimeout(10, TimeUnit.SECONDS).join();
            diskLoops.stop().orTimeout(10, TimeUnit.SECONDS).join();
        }
    }

    /** By hand: {@code java … io.quorumd.iscsi.TestTarget PORT}. */
    public static void main(String[] arguments) throws InterruptedException {
        var target = new TestTarget(IscsiLimits.DEFAULT, Threads.ONE, Integer.parseInt(arguments[0]));
        System.out.println("serving on " + target.address());
        Thread.currentThread().join();
    }
}
