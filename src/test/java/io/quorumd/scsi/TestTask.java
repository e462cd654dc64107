package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.quorumd.pdu.SenseData;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A command as a transport would carry it, and what became of it. */
class TestTask extends ScsiTask {

    private final LogicalUnit unit;
    private int finished;
    private byte[] received = new byte[0];
    /** Bytes the logical unit asked for. */
    int wanted;

    /** @param cdbHex the CDB in hexadecimal, blanks allowed; what is missing at its end is zeroes */
    TestTask(LogicalUnit unit, ItNexus nexus, String cdbHex) {
        this.unit = unit;
        nexus(nexus);
        cdb(cdbHex);
        expectedDataIn = 1 << 24;
        attribute = SIMPLE;
    }

    TestTask cdb(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        cdb = new byte[16];
        System.arraycopy(bytes, 0, cdb, 0, bytes.length);
        return this;
    }

    TestTask attribute(int value) {
        attribute = value;
        return this;
    }

    TestTask expectIn(long bytes) {
        expectedDataIn = bytes;
        return this;
    }

    /** What the initiator would send. */
    TestTask out(byte[] data) {
        expectedDataIn = 0;
        expectedDataOut = data.length;
        dataOut = PooledByteBufAllocator.DEFAULT.directBuffer(data.length).writeBytes(data);
        return this;
    }

    TestTask out(String hex) {
        return out(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    TestTask accept() {
        wanted = unit.accept(this);
        if (dataOut != null) {
            dataOut.writerIndex(Math.min(dataOut.writerIndex(), wanted));
        }
        return this;
    }

    TestTask execute() {
        unit.execute(this);
        return this;
    }

    TestTask send() {
        return accept().execute();
    }

    @Override
    protected void finished() {
        finished++;
        if (dataIn != null) {
            received = ByteBufUtil.getBytes(
                    dataIn, dataIn.readerIndex(), (int) Math.min(dataIn.readableBytes(), expectedDataIn));
            assertThat(dataIn.release()).as("the transport alone owns data-in").isTrue();
            dataIn = null;
        }
        if (dataOut != null) {
            dataOut.release();
            dataOut = null;
        }
    }

    int timesFinished() {
        return finished;
    }

    boolean isFinished() {
        return finished > 0;
    }

    byte[] received() {
        return received;
    }

    String receivedHex() {
        return HexFormat.of().formatHex(received);
    }

    /** The outcome in a word: GOOD, a status in hexadecimal, or the sense key and code as {@code 5/24/00}. */
    String outcome() {
        if (finished != 1) {
            return "finished " + finished + " times";
        }
        if (aborted()) {
            return "aborted";
        }
        @Nullable SenseData why = sense;
        if (why != null) {
            return "%X/%02X/%02X".formatted(why.key(), why.asc(), why.ascq());
        }
        return status == GOOD ? "GOOD" : "%02X".formatted(status);
    }

    String senseHex() {
        ByteBuf out = Unpooled.buffer();
        writeSense(out);
        return ByteBufUtil.hexDump(out);
    }
}
