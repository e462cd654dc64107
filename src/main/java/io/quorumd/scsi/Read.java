package io.quorumd.scsi;

/** READ (6), (10), (12), (16) (SBC-4 §5.15 to §5.18). DPO and FUA ask for nothing that a voted read does not give. */
final class Read extends RangeCommand {

    Read(CdbLayout layout, String usage) {
        super(layout, usage);
    }

    @Override
    int access(byte[] cdb) {
        return Access.LEGACY | Access.READS;
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        int blockSize = disk.blockSize();
        long bytes = layout().length(task.cdb) * blockSize;
        task.transferLength = bytes;
        // What the initiator has no room for is not read; the transport reports it as residual.
        long wanted = Math.min(bytes, (task.expectedDataIn + blockSize - 1) / blockSize * blockSize);
        if (wanted == 0) {
            task.good();
        } else {
            disk.device().read(layout().lba(task.cdb) * blockSize, (int) wanted, task.execution());
        }
    }
}
