package io.quorumd.block.iscsi;

import io.netty.buffer.PooledByteBufAllocator;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.block.MemoryDevice;
import io.quorumd.iscsi.CommandListener;
import io.quorumd.iscsi.IscsiServer;
import io.quorumd.iscsi.IscsiSettings;
import io.quorumd.iscsi.Portal;
import io.quorumd.iscsi.TargetAccess;
import io.quorumd.iscsi.TargetNode;
import io.quorumd.iscsi.login.TargetAddress;
import io.quorumd.pdu.ChapAccount;
import io.quorumd.pdu.EventLoops;
import io.quorumd.scsi.Disk;
import io.quorumd.scsi.DiskIdentity;
import io.quorumd.scsi.LunMap;
import io.quorumd.scsi.ReservationStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Our own target in this process, on a free port of the loopback, with one disk in RAM as LUN 0. */
final class ServedDisk implements AutoCloseable {

    static final String TARGET = "iqn.2026-11.io.quorumd:served";

    final MemoryDevice device;
    private final EventLoops loops;
    private final IscsiServer server;

    private ServedDisk(
            long size, int block, @Nullable ChapAccount chap, Map<String, TargetAddress> redirect, boolean readOnly) {
        loops = EventLoops.start(1);
        EventLoopStrand strand = new EventLoopStrand(loops.next());
        device = new MemoryDevice("ram", size, strand);
        LunMap luns = new LunMap(TARGET, strand);
        DiskIdentity identity = new DiskIdentity("6000112233445566778899aabbccddee", "SN0001");
        luns.add(0, new Disk(device, identity, block, true, ReservationStore.NONE), readOnly);
        Portal portal = Portal.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        IscsiSettings plain = IscsiSettings.of(portal);
        IscsiSettings settings = new IscsiSettings(plain.portals(), List.of(), redirect, null, plain.limits());
        server = new IscsiServer(settings, loops, PooledByteBufAllocator.DEFAULT, CommandListener.NONE);
        server.addTarget(new TargetNode(TARGET, "served", access(chap), luns));
        server.start();
    }

    static ServedDisk of(long size, int block) {
        return new ServedDisk(size, block, null, Map.of(), false);
    }

    static ServedDisk guarded(long size, ChapAccount chap) {
        return new ServedDisk(size, 512, chap, Map.of(), false);
    }

    static ServedDisk readOnly(long size) {
        return new ServedDisk(size, 512, null, Map.of(), true);
    }

    /** One that sends everybody elsewhere. */
    static ServedDisk redirecting(String portal) {
        return new ServedDisk(1 << 20, 512, null, Map.of(TARGET, new TargetAddress(portal, 1)), false);
    }

    private static TargetAccess access(@Nullable ChapAccount chap) {
        return new TargetAccess() {
            @Override
            public boolean admits(String initiatorName) {
                return true;
            }

            @Override
            public @Nullable ChapAccount chap(String initiatorName) {
                return chap;
            }
        };
    }

    String uri() {
        return "iscsi://" + portal() + "/" + TARGET + "/0";
    }

    String portal() {
        return "127.0.0.1:" + server.addresses().getFirst().getPort();
    }

    int sessions() {
        return server.sessions().size();
    }

    /** Runs on the disk's thread, and waits for it. */
    void onDisk(Runnable task) {
        CompletableFuture.runAsync(task, device.strand())
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void close() {
        try {
            server.stop(Duration.ofSeconds(1)).orTimeout(20, TimeUnit.SECONDS).join();
        } finally {
            loops.stop().orTimeout(10, TimeUnit.SECONDS).join();
        }
    }
}
