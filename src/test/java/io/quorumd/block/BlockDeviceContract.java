package io.quorumd.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.quorumd.block.BlockError.Errno;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link BlockDevice} promises, whatever it is made of; one subclass for each kind. */
public abstract class BlockDeviceContract {

    /** Bytes of the device under test. */
    protected static final int SIZE = 4 << 20;

    protected BlockDevice device;
    protected SyncDevice disk;

    /** A writable device of {@link #SIZE} bytes that reads as zeroes, made for one test. */
    protected abstract BlockDevice open() throws Exception;

    /** The smallest unit of requests: a LUN's logical block. */
    protected int granularity() {
        return 512;
    }

    @BeforeEach
    void openDevice() throws Exception {
        device = open();
        disk = new SyncDevice(device);
    }

    @AfterEach
    void closeDevice() {
        disk.await(disk.closeLater());
    }

    /** One request of each kind, not awaited. */
    protected CompletableFuture<?>[] askEverything() {
        return new CompletableFuture<?>[] {
            disk.writeLater(0, random(512, 1), false),
            disk.zeroLater(512, 512, true, false),
            disk.updateLater(1024, 512, current -> null),
            disk.flushLater(),
            disk.readLater(0, 512),
            disk.statusLater(0, SIZE)
        };
    }

    @Test
    void saysWhatItIs() {
        assertThat(device.size()).isEqualTo(SIZE);
        assertThat(device.name()).isNotBlank();
        assertThat(Integer.bitCount(device.physicalBlockSize())).isEqualTo(1);
        assertThat(device.physicalBlockSize()).isGreaterThanOrEqualTo(512);
    }

    @ParameterizedTest
    @CsvSource({"0,512", "512,512", "3584,1024", "4096,4096", "65536,65536", "512,131072", "1536,1048576"})
    void readsBackWhatWasWritten(int offset, int length) {
        byte[] bytes = random(length, offset + length);
        disk.write(offset, bytes);
        assertThat(disk.read(offset, length)).isEqualTo(bytes);
        assertThat(disk.read(offset + length, 512)).as("behind it").containsOnly(0);
    }

    @Test
    void readsAndWritesTheVeryEnd() {
        byte[] bytes = random(granularity(), 1);
        disk.write(SIZE - granularity(), bytes);
        assertThat(disk.read(SIZE - 4096, 4096)).endsWith(bytes);
    }

    @Test
    void refusesWhatIsNotWithin() {
        assertThatThrownBy(() -> disk.read(SIZE - 512, 1024)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> disk.read(-512, 512)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> disk.await(disk.zeroLater(512, SIZE, true, false)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void leavesTheSourceAsItIs() {
        byte[] bytes = random(4096, 2);
        ByteBuf source =
                SyncDevice.direct(bytes).readerIndex(1024).writerIndex(3072).retain();
        disk.await(disk.writeLater(512, source, false));
        assertThat(source.readerIndex()).isEqualTo(1024);
        assertThat(source.writerIndex()).isEqualTo(3072);
        source.release();
        assertThat(disk.read(512, 2048)).isEqualTo(Arrays.copyOfRange(bytes, 1024, 3072));
        assertThat(disk.read(2560, 512)).containsOnly(0);
    }

    @Test
    void writesABufferMadeOfParts() {
        byte[] bytes = random(8192, 3);
        CompositeByteBuf parts = ByteBufAllocator.DEFAULT.compositeDirectBuffer();
        for (int at = 0; at < bytes.length; at += 1024) {
            parts.addComponent(true, SyncDevice.direct(Arrays.copyOfRange(bytes, at, at + 1024)));
        }
        disk.await(disk.writeLater(4096, parts, false));
        assertThat(disk.read(4096, 8192)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "true,false,0,4096",
        "true,true,512,512",
        "false,false,512,7680",
        "false,true,4096,131072",
        "true,false,1536,1050624",
        "false,false,3584,2097152"
    })
    void zeroesARangeAndNothingElse(boolean deallocate, boolean fua, int offset, int length) {
        byte[] model = random(SIZE, 4);
        disk.write(0, model);
        disk.await(disk.zeroLater(offset, length, deallocate, fua));
        Arrays.fill(model, offset, offset + length, (byte) 0);
        assertThat(disk.read(0, SIZE)).isEqualTo(model);
    }

    @Test
    void updatesInPlaceOrNotAtAll() {
        byte[] bytes = random(4096, 5);
        disk.write(4096, bytes);
        disk.await(disk.updateLater(4096, 4096, current -> {
            assertThat(current.readableBytes()).isEqualTo(4096);
            current.setByte(current.readerIndex() + 100, 42);
            return null;
        }));
        bytes[100] = 42;
        BlockError error = disk.awaitError(disk.updateLater(4096, 512, current -> {
            current.setByte(current.readerIndex(), bytes[0] + 1);
            return BlockError.of(Errno.EILSEQ, "other bytes");
        }));
        assertThat(error.code()).isEqualTo(Errno.EILSEQ);
        assertThat(disk.read(4096, 4096)).isEqualTo(bytes);
    }

    @Test
    void losesNoUpdateAmongManyAtOnce() {
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int length = i % 3 == 0 ? 1024 : 512;
            all.add(disk.updateLater(8192, length, current -> {
                current.setInt(current.readerIndex(), current.getInt(current.readerIndex()) + 1);
                return null;
            }));
            if (i % 5 == 0) {
                all.add(disk.writeLater(8192 + 1024, random(512, i), false));
                all.add(disk.readLater(8192, 512));
            }
        }
        all.forEach(disk::await);
        assertThat(ByteBuffer.wrap(disk.read(8192, 4)).getInt()).isEqualTo(200);
    }

    @Test
    void anUpdateKeepsWritesToItsRangeOut() {
        byte[] after = random(512, 6);
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            // Whichever way they are ordered, the neighbour's write must not be undone by the update's write-back.
            all.add(disk.updateLater(0, 1024, current -> null));
            all.add(disk.writeLater(512, after, false));
            all.forEach(disk::await);
            assertThat(disk.read(512, 512)).isEqualTo(after);
            after = random(512, 100 + i);
        }
    }

    @Test
    void flushesAndForces() {
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(disk.writeLater(i * 4096L, random(4096, i), i % 3 == 0));
            all.add(disk.flushLater());
        }
        all.forEach(disk::await);
        for (int i = 0; i < 40; i++) {
            assertThat(disk.read(i * 4096L, 4096)).isEqualTo(random(4096, i));
        }
    }

    @Test
    void overlappingWritesLeaveEachBlockFromOneOfThem() {
        byte[] ones = new byte[65536];
        byte[] twos = new byte[65536];
        Arrays.fill(ones, (byte) 1);
        Arrays.fill(twos, (byte) 2);
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            all.add(disk.writeLater(0, i % 2 == 0 ? ones : twos, false));
            all.add(disk.writeLater(32768, i % 2 == 0 ? twos : ones, false));
        }
        all.forEach(disk::await);
        byte[] found = disk.read(0, 98304);
        for (int block = 0; block < found.length; block += 512) {
            byte[] content = Arrays.copyOfRange(found, block, block + 512);
            assertThat(content).containsOnly(content[0]);
            assertThat(content[0]).isIn((byte) 1, (byte) 2);
        }
    }

    /** Many requests at once to ranges of their own, checked against a plain array; then all of the device. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void behavesLikeAnArray(long seed) {
        Random random = new Random(seed);
        byte[] model = new byte[SIZE];
        int unit = granularity();
        for (int round = 0; round < 25; round++) {
            List<CompletableFuture<?>> all = new ArrayList<>();
            int at = random.nextInt(64) * unit;
            while (all.size() < 32) {
                int length = unit * (1 + random.nextInt(random.nextInt(8) == 0 ? 200 : 16));
                if (at + length > SIZE) {
                    break;
                }
                all.add(request(random, model, at, length));
                at += length + unit * random.nextInt(20);
            }
            if (random.nextInt(3) == 0) {
                all.add(disk.flushLater());
            }
            all.forEach(disk::await);
        }
        assertThat(disk.read(0, SIZE)).isEqualTo(model);
    }

    private CompletableFuture<?> request(Random random, byte[] model, int at, int length) {
        byte[] before = Arrays.copyOfRange(model, at, at + length);
        return switch (random.nextInt(5)) {
            case 0, 1 -> {
                byte[] bytes = random(length, random.nextInt());
                System.arraycopy(bytes, 0, model, at, length);
                yield disk.writeLater(at, bytes, random.nextInt(8) == 0);
            }
            case 2 -> {
                Arrays.fill(model, at, at + length, (byte) 0);
                yield disk.zeroLater(at, length, random.nextBoolean(), random.nextInt(8) == 0);
            }
            case 3 -> {
                int place = random.nextInt(length);
                model[at + place] ^= 1;
                yield disk.updateLater(at, length, current -> {
                    int index = current.readerIndex() + place;
                    current.setByte(index, current.getByte(index) ^ 1);
                    return null;
                });
            }
            default ->
                disk.readLater(at, length).thenAccept(bytes -> assertThat(bytes).isEqualTo(before));
        };
    }

    @Test
    void callsNothingAHoleThatIsNotZeroes() {
        byte[] model = new byte[SIZE];
        Random random = new Random(7);
        for (int round = 0; round < 40; round++) {
            int length = granularity() * (1 + random.nextInt(300));
            int at = granularity() * random.nextInt((SIZE - length) / granularity());
            byte[] bytes = round % 3 == 0 ? new byte[length] : random(length, round);
            System.arraycopy(bytes, 0, model, at, length);
            disk.await(round % 3 == 0 ? disk.zeroLater(at, length, true, false) : disk.writeLater(at, bytes, false));
            long offset = random.nextInt(SIZE / granularity()) * (long) granularity();
            while (offset < SIZE) {
                SyncDevice.Extent extent = disk.status(offset, SIZE - offset);
                assertThat(extent.length()).isBetween(1L, SIZE - offset);
                int end = (int) (offset + extent.length());
                if (!extent.allocated()) {
                    assertThat(Arrays.copyOfRange(model, (int) offset, end)).containsOnly(0);
                }
                offset = end;
            }
        }
    }

    @Test
    void closesAfterWhatIsInFlight() {
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            all.add(disk.writeLater(i * 4096L, random(4096, i), i % 2 == 0));
            all.add(disk.readLater(i * 4096L, 4096));
        }
        CompletableFuture<Boolean> closed = disk.closeLater();
        disk.await(closed);
        assertThat(all).allMatch(CompletableFuture::isDone);
        all.forEach(disk::await);
        assertThat(disk.awaitError(disk.readLater(0, 512)).code()).isIn(Errno.ECANCELED, Errno.ENODEV);
        assertThat(disk.awaitError(disk.writeLater(0, new byte[512], false)).code())
                .isIn(Errno.ECANCELED, Errno.ENODEV);
    }

    protected static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
