package io.quorumd.block;

import io.netty.buffer.ByteBuf;

/** One buffer that is handed out for every read, at once; writes go nowhere. For what is measured above devices. */
public final class InlineDevice implements BlockDevice {

    private final String name;
    private final ByteBuf content;
    private final Strand strand;

    /** @param content the answer to reads from its start on; ownership passes */
    public InlineDevice(String name, ByteBuf content, Strand strand) {
        this.name = name;
        this.content = content;
        this.strand = strand;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return 1 << 20;
    }

    @Override
    public int physicalBlockSize() {
        return 512;
    }

    @Override
    public Strand strand() {
        return strand;
    }

    @Override
    public void read(long offset, int length, ReadCompletion done) {
        done.completed(content.retain(), null);
    }

    @Override
    public void write(long offset, ByteBuf source, boolean fua, Completion done) {
        done.completed(null);
    }

    @Override
    public void writeZeroes(long offset, long length, boolean deallocate, boolean fua, Completion done) {
        done.completed(null);
    }

    @Override
    public void update(long offset, int length, boolean fua, Update change, Completion done) {
        done.completed(null);
    }

    @Override
    public void flush(Completion done) {
        done.completed(null);
    }

    @Override
    public void close(Completion done) {
        content.release();
        done.completed(null);
    }
}
