package io.quorumd.block;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.quorumd.block.BlockError.Errno;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A device in RAM for tests, deterministic on its strand, with faults on demand. Completes inline unless {@link
 * #asynchronous} or a {@link Fault} says otherwise. Keeps apart what is on "stable storage" ({@link #crash}), counts and
 * records every request.
 */
public final class MemoryDevice implements BlockDevice {

    /** Bytes of a read's memory before its data. */
    private static final int SKIPPED = 16;

    /** What a request is, as rules see it and {@link #requests} records it. */
    public enum Kind {
        READ,
        WRITE,
        ZEROES,
        UPDATE,
        FLUSH,
        STATUS,
        CLOSE
    }

    /** One request as it arrived. Offset and length are 0 for FLUSH and CLOSE. */
    public record Request(Kind kind, long offset, long length, boolean fua) {

        public boolean overlaps(long from, long count) {
            return offset < from + count && from < offset + length;
        }
    }

    /** A fault and the requests it befalls; the first rule made that matches is the one. */
    public final class Rule {
        private final Predicate<Request> which;
        private final Fault fault;
        private int left = Integer.MAX_VALUE;

        private Rule(Predicate<Request> which, Fault fault) {
            this.which = which;
            this.fault = fault;
        }

        /** Befalls the next {@code count} matching requests only. */
        public Rule times(int count) {
            left = count;
            return this;
        }

        /** Ends it. Requests that hang go on hanging. */
        public void clear() {
            rules.remove(this);
        }
    }

    private final String name;
    private final Strand strand;
    private final ByteBufAllocator allocator;
    private final MemoryMedium medium = new MemoryMedium();
    private final List<Rule> rules = new ArrayList<>();
    private final ArrayDeque<Runnable> hanging = new ArrayDeque<>();
    private final List<Request> requests = new ArrayList<>();
    private long size;
    private int physicalBlockSize = 512;
    private boolean asynchronous;
    private boolean closed;

    public MemoryDevice(String name, long size, Strand strand) {
        this(name, size, strand, PooledByteBufAllocator.DEFAULT);
    }

    public MemoryDevice(String name, long size, Strand strand, ByteBufAllocator allocator) {
        this.name = name;
        this.size = size;
        this.strand = strand;
        this.allocator = allocator;
    }

    // What a test does to it.

    /** Requests complete in a later task of the strand, not inline. */
    public MemoryDevice asynchronous() {
        asynchronous = true;
        return this;
    }

    public MemoryDevice physicalBlockSize(int bytes) {
        physicalBlockSize = bytes;
        return this;
    }

    /** Requests that {@code which} matches suffer {@code fault} until {@link Rule#clear}. */
    public Rule on(Predicate<Request> which, Fault fault) {
        Rule rule = new Rule(which, fault);
        rules.add(rule);
        return rule;
    }

    public Rule on(Kind kind, Fault fault) {
        return on(r -> r.kind() == kind, fault);
    }

    /** Lets the longest hanging request take effect and complete; false when none hangs. */
    public boolean release() {
        Runnable next = hanging.poll();
        if (next != null) {
            next.run();
        }
        return next != null;
    }

    /** Like {@link #release} for all that hang now, in the order they came. */
    public void releaseAll() {
        for (int n = hanging.size(); n > 0; n--) {
            release();
        }
    }

    /** No fault befalls it any more, and what hangs takes effect and completes. */
    public void heal() {
        rules.clear();
        while (release()) {
            // What one completion asks for may be waiting too.
        }
    }

    /** Whoever asked is gone: what hangs never takes effect. */
    public void forgetHanging() {
        hanging.clear();
    }

    public int hanging() {
        return hanging.size();
    }

    /** Changes every byte of a range behind everybody's back, on the medium too. */
    public void corrupt(long offset, long length) {
        medium.corrupt(offset, length);
    }

    /** Puts other bytes there behind everybody's back, on the medium too. */
    public void store(long offset, ByteBuf bytes) {
        medium.store(offset, bytes);
    }

    /** Reads that touch the range fail with EIO, until something is written over exactly or more than it. */
    public void makeUnreadable(long offset, long length) {
        medium.makeUnreadable(offset, length);
    }

    /** Power loss: of what was not flushed only those writes survive that {@code survives} picks. */
    public void crash(Predicate<Request> survives) {
        medium.crash((offset, length) -> survives.test(new Request(Kind.WRITE, offset, length, false)));
    }

    /** Power loss: everything that was not flushed is gone. */
    public void crash() {
        crash(r -> false);
    }

    /** What a failed fsync does: what was not flushed reads back as if it were there, and never gets to the medium. */
    public void dropUnflushed() {
        medium.dropUnflushed();
    }

    /** The bytes as a read would find them, no fault applied. */
    public byte[] contents(long offset, int length) {
        return medium.contents(offset, length);
    }

    /** The bytes as a crash would leave them. */
    public byte[] durableContents(long offset, int length) {
        return medium.durableContents(offset, length);
    }

    /** Every request so far, in order of arrival. */
    public List<Request> requests() {
        return requests;
    }

    public long count(Kind kind) {
        return requests.stream().filter(r -> r.kind() == kind).count();
    }

    public void resize(long newSize) {
        size = newSize;
    }

    public boolean isClosed() {
        return closed;
    }

    // The device.

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int physicalBlockSize() {
        return physicalBlockSize;
    }

    @Override
    public Strand strand() {
        return strand;
    }

    @Override
    public void read(long offset, int length, ReadCompletion done) {
        Request request = new Request(Kind.READ, offset, length, false);
        serve(request, failure -> {
            BlockError error = failure != null ? failure : medium.readError(offset, length);
            if (error != null) {
                done.completed(null, error);
                return;
            }
            ByteBuf data = buffer(length);
            medium.read(offset, data, length);
            done.completed(data, null);
        });
    }

    /** To append to; what is readable then does not begin where the memory does, as that of other devices may not. */
    private ByteBuf buffer(int length) {
        int most = length + SKIPPED;
        return allocator.directBuffer(most, most).writeZero(SKIPPED).skipBytes(SKIPPED);
    }

    @Override
    public void write(long offset, ByteBuf source, boolean fua, Completion done) {
        ByteBuf mine = source.retainedDuplicate();
        Request request = new Request(Kind.WRITE, offset, source.readableBytes(), fua);
        serve(request, () -> medium.write(offset, mine, fua), failure -> {
            mine.release();
            done.completed(failure);
        });
    }

    @Override
    public void writeZeroes(long offset, long length, boolean deallocate, boolean fua, Completion done) {
        serve(new Request(Kind.ZEROES, offset, length, fua), () -> medium.zero(offset, length, fua), done);
    }

    @Override
    public void update(long offset, int length, boolean fua, Update change, Completion done) {
        serve(new Request(Kind.UPDATE, offset, length, fua), failure -> {
            BlockError error = failure != null ? failure : medium.readError(offset, length);
            if (error == null) {
                ByteBuf data = buffer(length);
                medium.read(offset, data, length);
                error = change.apply(data);
                if (error == null) {
                    medium.write(offset, data, fua);
                }
                data.release();
            }
            done.completed(error);
        });
    }

    @Override
    public void flush(Completion done) {
        serve(new Request(Kind.FLUSH, 0, 0, false), medium::flush, done);
    }

    @Override
    public void blockStatus(long offset, long length, StatusCompletion done) {
        serve(new Request(Kind.STATUS, offset, length, false), error -> {
            long extent = medium.extent(offset, length);
            done.completed(error == null ? Math.abs(extent) : 0, error != null || extent > 0, error);
        });
    }

    @Override
    public void close(Completion done) {
        serve(new Request(Kind.CLOSE, 0, 0, false), () -> closed = true, done);
    }

    // How a request meets its fault.

    /** Reads and updates: {@code effect} does everything, its error given. A lie makes no sense for them. */
    private void serve(Request request, Completion effect) {
        serve(request, () -> {}, effect);
    }

    private void serve(Request request, Runnable effect, Completion done) {
        if (!strand.isCurrent()) {
            throw new IllegalStateException(name + ": called off its strand");
        }
        if (request.offset < 0 || request.length < 0 || request.offset + request.length > size) {
            throw new IllegalArgumentException(name + ": " + request + " reaches beyond " + size);
        }
        requests.add(request);
        Runnable good = () -> {
            effect.run();
            done.completed(null);
        };
        switch (closed && request.kind != Kind.CLOSE ? Fault.fail(Errno.ENODEV) : fault(request)) {
            case null -> complete(good);
            case Fault.Lie lie -> complete(() -> done.completed(null));
            case Fault.Hang hang -> hanging.add(good);
            case Fault.Delay delay -> strand.schedule(good, delay.nanos());
            case Fault.Fail fail ->
                complete(() -> {
                    if (fail.applied()) {
                        effect.run();
                    }
                    done.completed(fail.error());
                });
        }
    }

    private @Nullable Fault fault(Request request) {
        for (Rule rule : rules) {
            if (rule.left > 0 && rule.which.test(request)) {
                rule.left--;
                return rule.fault;
            }
        }
        return null;
    }

    private void complete(Runnable completion) {
        if (asynchronous) {
            strand.execute(completion);
        } else {
            completion.run();
        }
    }
}
