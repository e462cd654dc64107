package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import io.quorumd.pdu.SenseData;
import io.quorumd.scsi.CopyRequest.Segment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * EXTENDED COPY (LID1) (SPC-5 §6.4): block ranges between the disks of this target that live on one strand, named by their
 * NAA identifiers.
 */
final class ExtendedCopy extends Command {

    private static final int CHUNK_BYTES = 1 << 20;

    ExtendedCopy() {
        super(0x00, "83 00 0000000000000000 FFFFFFFF 00 00");
    }

    @Override
    boolean changesMedium() {
        return true;
    }

    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        long length = Cdb.u32(cdb, 10);
        return length > CopyRequest.HEADER_LENGTH + CopyRequest.MAX_DESCRIPTORS_LENGTH
                ? Sense.PARAMETER_LIST_LENGTH_ERROR
                : null;
    }

    @Override
    long dataOut(Disk disk, byte[] cdb) {
        return Cdb.u32(cdb, 10);
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        long length = Cdb.u32(task.cdb, 10);
        ByteBuf list = task.dataOut;
        if (length == 0) {
            task.good();
            return;
        }
        if (list == null || list.readableBytes() < length) {
            task.checkCondition(Sense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        NexusState nexus = task.execution().nexus();
        CopyRequest.Parsed parsed = CopyRequest.parse(list.slice(), disks(nexus));
        CopyRequest request = parsed.request();
        if (request == null) {
            task.checkCondition(parsed.invalid() == null ? Sense.PARAMETER_LIST_LENGTH_ERROR : parsed.invalid());
        } else if (request.segments().stream().anyMatch(s -> !mayCopy(nexus, s))) {
            task.status(ScsiTask.RESERVATION_CONFLICT);
        } else {
            new Copying(task, request).run();
        }
    }

    private static List<Disk> disks(NexusState nexus) {
        return nexus.lun().map().disks().stream()
                .filter(d -> d.strand().isCurrent())
                .toList();
    }

    /** A copy may do no more with the other disks than the initiator itself. */
    private static boolean mayCopy(NexusState nexus, Segment segment) {
        return segment.source().permits(nexus, Access.LEGACY | Access.READS, false)
                && segment.destination().permits(nexus, Access.LEGACY | Access.WRITES, true);
    }

    /** Copies the segments in order, a chunk at a time; data-in of one request is data-out of the next. */
    private static final class Copying extends Steps {

        private final ScsiTask task;
        private final CopyRequest request;
        private int segment;
        private long copied;
        private boolean readFailed;

        Copying(ScsiTask task, CopyRequest request) {
            this.task = task;
            this.request = request;
        }

        @Override
        boolean next(Completion done) {
            if (segment == request.segments().size() || task.aborted()) {
                return false;
            }
            Segment now = request.segments().get(segment);
            int bytes = (int) Math.min(CHUNK_BYTES, now.length() - copied);
            now.source().device().read(now.from() + copied, bytes, (data, error) -> {
                if (data == null) {
                    readFailed = true;
                    done.completed(error);
                } else {
                    write(now, data, done);
                }
            });
            return true;
        }

        private void write(Segment now, ByteBuf data, Completion done) {
            long to = now.to() + copied;
            copied += data.readableBytes();
            if (copied == now.length()) {
                segment++;
                copied = 0;
            }
            Disk destination = now.destination();
            destination.device().write(to, data, destination.writesThrough(), error -> {
                data.release();
                done.completed(error);
            });
        }

        @Override
        void ended(@Nullable BlockError error) {
            NexusState nexus = task.execution().nexus();
            if (request.keepsStatus()) {
                nexus.copied(request.listId(), new CopyStatus(error == null, segment));
            }
            if (readFailed) {
                task.execution().completed(null, error);
            } else {
                task.execution().completed(error);
            }
        }
    }
}
