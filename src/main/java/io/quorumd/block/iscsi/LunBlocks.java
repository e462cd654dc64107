package io.quorumd.block.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import io.quorumd.block.ReadCompletion;
import io.quorumd.block.RemoteBlocks;
import org.jspecify.annotations.Nullable;

/**
 * A LUN's requests. Zeroes are WRITE SAME of a block of zeroes, with the UNMAP bit where the LUN promises that it reads
 * as zeroes either way. The UNMAP command is not used: a LUN may ignore it, in part or altogether (SBC-4 §4.7.3.3), and
 * nothing would read as zeroes then.
 */
final class LunBlocks implements RemoteBlocks {

    private static final ByteBuf ZEROES = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(4096).writeZero(4096).asReadOnly());

    private final LunCommands commands;
    private final LunFacts facts;
    private final boolean synchronize16;
    private final LunGoodbye goodbye;
    /** The LUN has refused a WRITE SAME. */
    private boolean neverSame;

    /** @param synchronize16 whether the LUN has SYNCHRONIZE CACHE(16), otherwise (10) */
    LunBlocks(LunCommands commands, LunFacts facts, boolean synchronize16, LunGoodbye goodbye) {
        this.commands = commands;
        this.facts = facts;
        this.synchronize16 = synchronize16;
        this.goodbye = goodbye;
    }

    @Override
    public long size() {
        return facts.size();
    }

    @Override
    public int block() {
        return facts.block();
    }

    @Override
    public int physicalBlock() {
        return facts.physicalBlock();
    }

    @Override
    public int maximumTransfer() {
        return facts.maximumTransfer();
    }

    @Override
    public void read(long offset, int length, ReadCompletion done) {
        commands.send(ScsiCommand.read(Cdbs.read(offset / block(), length / block()), length), done);
    }

    @Override
    public void write(long offset, ByteBuf data, boolean fua, Completion done) {
        byte[] cdb = Cdbs.write(offset / block(), data.readableBytes() / block(), fua && hasFua());
        commands.send(ScsiCommand.write(cdb, data, false), (none, error) -> done.completed(error));
    }

    @Override
    public long maximumZeroes(boolean deallocate) {
        return neverSame ? 0 : facts.maximumWriteSame();
    }

    @Override
    public void zeroes(long offset, long length, boolean deallocate, boolean fua, Completion done) {
        byte[] cdb = Cdbs.writeSame(offset / block(), (int) (length / block()), deallocate && facts.canUnmap());
        commands.send(ScsiCommand.write(cdb, ZEROES.slice(0, block()), true), (none, error) -> zeroed(error, done));
    }

    private void zeroed(@Nullable BlockError error, Completion done) {
        neverSame |= error != null && error.code() == Errno.EINVAL;
        done.completed(error);
    }

    @Override
    public boolean hasFua() {
        return facts.fua();
    }

    /** WRITE SAME has no FUA bit. */
    @Override
    public boolean hasFuaForZeroes() {
        return false;
    }

    @Override
    public void flush(Completion done) {
        commands.send(
                ScsiCommand.bare(Cdbs.synchronizeCache(synchronize16), true), (none, error) -> done.completed(error));
    }

    @Override
    public void disconnect(Completion done) {
        goodbye.say(done);
    }
}
