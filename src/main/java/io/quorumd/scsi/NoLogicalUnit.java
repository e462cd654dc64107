package io.quorumd.scsi;

import io.quorumd.block.Strand;
import io.quorumd.pdu.SenseData;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What answers at a number that has no disk: INQUIRY, so that the initiator learns that; REPORT LUNS, so that it finds
 * the disks; nothing else (SPC-5 §6.6, SAM-6 §4.7.4). And the well known logical unit REPORT LUNS, which can do the same.
 */
final class NoLogicalUnit implements LogicalUnit {

    private final LunMap map;
    private final Strand strand;
    private final boolean wellKnown;
    private final TaskSet tasks = new TaskSet(this::start);
    private final Inquiry inquiry = new Inquiry();
    private final ReportLuns reportLuns = new ReportLuns();
    private final RequestSense requestSense = new RequestSense();
    private final TestUnitReady testUnitReady = new TestUnitReady();

    NoLogicalUnit(LunMap map, Strand strand, boolean wellKnown) {
        this.map = map;
        this.strand = strand;
        this.wellKnown = wellKnown;
    }

    @Override
    public Strand strand() {
        return strand;
    }

    @Override
    public boolean exists() {
        return wellKnown;
    }

    @Override
    public int accept(ScsiTask task) {
        task.descriptorSense(false);
        task.execution().begin(task, tasks, null, null, null);
        return 0;
    }

    @Override
    public void execute(ScsiTask task) {
        if (task.execution().isInTaskSet()) {
            tasks.complete(task.execution());
        }
    }

    private void start(Execution x) {
        ScsiTask task = x.task();
        Command command = command(Cdb.u8(task.cdb, 0));
        SenseData why = command == null ? refusal() : command.checkUsage(task.cdb);
        if (why != null) {
            task.checkCondition(why);
        } else if (command == inquiry) {
            inquire(task);
        } else if (command == reportLuns) {
            ReportLuns.reply(map, task);
        } else if (command == requestSense) {
            RequestSense.reply(task, wellKnown ? Sense.NONE : Sense.LOGICAL_UNIT_NOT_SUPPORTED);
        } else {
            task.good();
        }
    }

    private @Nullable Command command(int opcode) {
        if (opcode == testUnitReady.opcode()) {
            return wellKnown ? testUnitReady : null;
        }
        return Stream.of(inquiry, reportLuns, requestSense)
                .filter(c -> c.opcode() == opcode)
                .findAny()
                .orElse(null);
    }

    private SenseData refusal() {
        return wellKnown ? Sense.INVALID_COMMAND_OPERATION_CODE : Sense.LOGICAL_UNIT_NOT_SUPPORTED;
    }

    private void inquire(ScsiTask task) {
        // Vital product data is a disk's.
        if (Inquiry.isVpd(task.cdb)) {
            task.checkCondition(Sense.INVALID_FIELD_IN_CDB.atCdbBit(1, 0));
        } else {
            Inquiry.reply(
                    task, StandardInquiry.data(wellKnown ? StandardInquiry.WELL_KNOWN : StandardInquiry.NOT_THERE));
        }
    }

    @Override
    public void abort(ScsiTask task) {
        task.execution().abort();
    }

    @Override
    public void abortTaskSet(ItNexus nexus, Runnable done) {
        tasks.abort(x -> x.task().nexus() == nexus, done);
    }

    @Override
    public void clearTaskSet(ItNexus by, Runnable done) {
        tasks.abort(x -> true, done);
    }

    @Override
    public void reset(Runnable done) {
        tasks.abort(x -> true, done);
    }

    @Override
    public void nexusLost(ItNexus nexus, Runnable done) {
        abortTaskSet(nexus, done);
    }
}
