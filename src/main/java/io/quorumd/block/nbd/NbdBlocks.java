package io.quorumd.block.nbd;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.Completion;
import io.quorumd.block.ReadCompletion;
import io.quorumd.block.RemoteBlocks;
import io.quorumd.block.StatusCompletion;
import org.jspecify.annotations.Nullable;

/** An NBD export's requests. */
final class NbdBlocks implements RemoteBlocks {

    private static final int MEDIUM_BLOCK_MAX = 4096;

    /** NBD does not bound zeroing by the payload size, but a server may take long: other requests get a turn. */
    private static final long ZEROES_MAX = 128L << 20;

    /** A multiple of every block size, and a number of 32 bits. */
    private static final long STATUS_MAX = 1L << 30;

    private final NbdTransmission transmission;
    private final NbdExport export;

    NbdBlocks(NbdTransmission transmission, NbdExport export) {
        this.transmission = transmission;
        this.export = export;
    }

    @Override
    public long size() {
        return export.size();
    }

    @Override
    public int block() {
        return export.minimumBlock();
    }

    @Override
    public int physicalBlock() {
        // The preferred block is often a transfer size (64 KiB and more), not what the medium writes without reading.
        return Math.max(512, Math.max(export.minimumBlock(), Math.min(export.preferredBlock(), MEDIUM_BLOCK_MAX)));
    }

    @Override
    public int maximumTransfer() {
        return export.maximumPayload() & -export.minimumBlock();
    }

    @Override
    public void read(long offset, int length, ReadCompletion done) {
        transmission.send(new NbdRequest(NbdRequest.READ, offset, length, done::completed), 0, null);
    }

    @Override
    public void write(long offset, ByteBuf data, boolean fua, Completion done) {
        send(NbdRequest.WRITE, offset, data.readableBytes(), flags(fua), data, done);
    }

    @Override
    public long maximumZeroes(boolean deallocate) {
        return export.has(NbdExport.FLAG_SEND_WRITE_ZEROES) ? ZEROES_MAX : 0;
    }

    @Override
    public void zeroes(long offset, long length, boolean deallocate, boolean fua, Completion done) {
        send(NbdRequest.WRITE_ZEROES, offset, length, flags(fua) | (deallocate ? 0 : NbdRequest.NO_HOLE), null, done);
    }

    @Override
    public boolean hasFua() {
        return export.has(NbdExport.FLAG_SEND_FUA);
    }

    @Override
    public boolean hasFuaForZeroes() {
        return hasFua();
    }

    @Override
    public void flush(Completion done) {
        send(NbdRequest.FLUSH, 0, 0, 0, null, done);
    }

    @Override
    public void status(long offset, long length, StatusCompletion done) {
        if (export.allocation()) {
            transmission.send(
                    NbdRequest.blockStatus(offset, Math.min(length, STATUS_MAX), done), NbdRequest.ONE_EXTENT, null);
        } else {
            done.completed(length, true, null);
        }
    }

    @Override
    public void disconnect(Completion done) {
        transmission.disconnect();
        transmission.fail("the device is closed");
        done.completed(null);
    }

    private int flags(boolean fua) {
        return fua && hasFua() ? NbdRequest.FUA : 0;
    }

    private void send(int type, long offset, long length, int flags, @Nullable ByteBuf data, Completion done) {
        transmission.send(new NbdRequest(type, offset, length, (none, error) -> done.completed(error)), flags, data);
    }
}
