package io.quorumd.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.quorumd.iscsi.login.NegotiatedKeys;
import io.quorumd.pdu.Pdu;
import io.quorumd.pdu.SenseData;
import io.quorumd.pdu.TargetHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Collects the data of write commands: immediate, unsolicited and solicited (RFC 7143 §4.2.5.2), always in order, since
 * DataPDUInOrder and DataSequenceInOrder are Yes. It ends up in one buffer; where the immediate data is all, that is the
 * slice of the receive buffer it came in. A command whose data breaks the rules ends with a fault, after the sequences
 * that were already open.
 */
final class DataOutTransfer {

    private final CommandFlow flow;
    private final Responses responses;
    private final ByteBufAllocator allocator;
    private final DataOutBudget budget;
    private final NegotiatedKeys keys;
    private int nextTransferTag;
    /** Bytes that the budget has granted to this connection. */
    private long granted;

    DataOutTransfer(
            CommandFlow flow,
            Responses responses,
            ByteBufAllocator allocator,
            DataOutBudget budget,
            NegotiatedKeys keys) {
        this.flow = flow;
        this.responses = responses;
        this.allocator = allocator;
        this.budget = budget;
        this.keys = keys;
    }

    /** A SCSI Command with its immediate data, if any. */
    void begin(IscsiTask task, Pdu command) {
        int length = command.dataLength();
        int unsolicitedMax = (int) Math.min(task.expectedDataOut, keys.firstBurstLength());
        task.unsolicitedOpen = !command.last() && task.expectedDataOut > 0;
        task.solicited = unsolicitedMax;
        if (command.isDataDigestWrong()) {
            responses.reject(command, RejectReason.DATA_DIGEST_ERROR);
            task.fault = TransferFault.PROTOCOL_SERVICE_CRC_ERROR;
        } else if ((length > 0 && !keys.immediateData()) || (task.unsolicitedOpen && keys.initialR2T())) {
            task.fault = TransferFault.UNEXPECTED_UNSOLICITED_DATA;
        } else if (length > unsolicitedMax) {
            task.fault = TransferFault.INCORRECT_AMOUNT_OF_DATA;
        } else if (length > 0) {
            task.gathered = command.takeData();
            task.received = length;
            charge(task, length);
        }
    }

    /** Where the data of a Data-Out PDU is to go; null: nowhere, it is not wanted. */
    @Nullable
    ByteBuf place(Pdu pdu) {
        IscsiTask task = flow.task(pdu.initiatorTaskTag());
        if (task == null || task.fault != null || !belongs(task, pdu)) {
            return null;
        }
        task.fault = objection(task, pdu);
        return task.fault == null ? room(task) : null;
    }

    /** A Data-Out PDU is complete. Of a command that has ended or was aborted, it is ignored. */
    void received(Pdu pdu) {
        IscsiTask task = flow.task(pdu.initiatorTaskTag());
        if (task == null) {
            return;
        }
        if (!belongs(task, pdu)) {
            responses.reject(pdu, RejectReason.INVALID_PDU_FIELD);
            return;
        }
        if (pdu.isDataDigestWrong()) {
            responses.reject(pdu, RejectReason.DATA_DIGEST_ERROR);
            task.fault = TransferFault.PROTOCOL_SERVICE_CRC_ERROR;
        } else if (task.fault == null && pdu.dataLength() == 0) {
            task.fault = objection(task, pdu);
        }
        if (task.fault == null) {
            task.received += pdu.dataLength();
            task.nextDataSn++;
        }
        if (pdu.last()) {
            endOfSequence(task, transferTag(pdu));
        }
    }

    /** Takes the command a step further, if nothing is missing for it. */
    void proceed(IscsiTask task) {
        if (task.heldBack || task.hasEnded() || task.silent) {
            return;
        }
        if (task.fault != null) {
            if (!task.unsolicitedOpen && task.r2tsOpen == 0) {
                flow.fail(task);
            }
        } else if (task.wanted >= 0 && !task.unsolicitedOpen) {
            if (task.received >= task.wanted) {
                complete(task);
            } else if (!task.waitingForBudget) {
                solicit(task);
            }
        }
    }

    /** The command has ended. */
    void end(IscsiTask task) {
        if (task.charged > 0) {
            granted -= task.grantedBytes;
            budget.giveBack(task.charged);
            task.charged = 0;
        }
    }

    private static int transferTag(Pdu pdu) {
        return pdu.intAt(20);
    }

    private static boolean belongs(IscsiTask task, Pdu pdu) {
        int tag = transferTag(pdu);
        return tag == TargetHeaders.NO_TAG || (task.r2tsOpen > 0 && tag == task.transferTag);
    }

    private static @Nullable SenseData objection(IscsiTask task, Pdu pdu) {
        boolean unsolicited = transferTag(pdu) == TargetHeaders.NO_TAG;
        if (unsolicited && !task.unsolicitedOpen) {
            return TransferFault.UNEXPECTED_UNSOLICITED_DATA;
        }
        int end = unsolicited ? task.solicited : task.burstEnd;
        boolean inOrder = pdu.intAt(36) == task.nextDataSn && pdu.intAt(40) == task.received;
        return inOrder && pdu.dataLength() <= end - task.received ? null : TransferFault.INCORRECT_AMOUNT_OF_DATA;
    }

    private void endOfSequence(IscsiTask task, int tag) {
        task.nextDataSn = 0;
        if (tag == TargetHeaders.NO_TAG) {
            task.unsolicitedOpen = false;
        } else {
            if (task.fault == null && task.received != task.burstEnd) {
                task.fault = TransferFault.INCORRECT_AMOUNT_OF_DATA;
            }
            task.r2tsOpen--;
            task.transferTag++;
            task.burstEnd += Math.min(keys.maxBurstLength(), task.wanted - task.burstEnd);
        }
        proceed(task);
    }

    private void complete(IscsiTask task) {
        ByteBuf data = task.gathered;
        if (data != null && task.wanted > 0) {
            task.dataOut = data.writerIndex(data.readerIndex() + task.wanted);
        }
        task.execute();
    }

    private void solicit(IscsiTask task) {
        if (!task.granted && !grant(task)) {
            task.waitingForBudget = true;
            int generation = task.generation;
            budget.await(flow.loop(), () -> budgetRetry(task, generation));
            return;
        }
        if (task.r2tsSent == 0) {
            task.solicited = task.received;
            task.burstEnd = task.received + Math.min(keys.maxBurstLength(), task.wanted - task.received);
            task.transferTag = takeTransferTags(task.wanted - task.received);
            roomFor(task, task.wanted);
        }
        while (task.r2tsOpen < keys.maxOutstandingR2T() && task.solicited < task.wanted) {
            int length = Math.min(keys.maxBurstLength(), task.wanted - task.solicited);
            responses.readyToTransfer(task, task.transferTag + task.r2tsOpen, task.solicited, length);
            task.solicited += length;
            task.r2tsSent++;
            task.r2tsOpen++;
        }
        flow.answered();
    }

    private void budgetRetry(IscsiTask task, int generation) {
        if (task.generation == generation && task.waitingForBudget) {
            task.waitingForBudget = false;
            proceed(task);
        }
    }

    /** One tag per R2T of the command, in a row, none of them the reserved one. */
    private int takeTransferTags(int bytes) {
        int count = Math.ceilDiv(bytes, keys.maxBurstLength());
        if (Integer.compareUnsigned(nextTransferTag, TargetHeaders.NO_TAG - count) >= 0) {
            nextTransferTag = 0;
        }
        int first = nextTransferTag;
        nextTransferTag += count;
        return first;
    }

    private ByteBuf room(IscsiTask task) {
        if (!task.unsolicitedOpen) {
            return roomFor(task, task.wanted);
        }
        // Room for all of it at once, if it is known how much that is and the budget allows.
        boolean all = task.wanted > task.solicited && (task.granted || grant(task));
        charge(task, task.solicited - task.charged);
        return roomFor(task, all ? task.wanted : task.solicited);
    }

    private ByteBuf roomFor(IscsiTask task, int length) {
        ByteBuf now = task.gathered;
        if (now != null && now.writableBytes() >= length - task.received) {
            return now;
        }
        ByteBuf larger = allocator.directBuffer(length, length);
        if (now != null) {
            larger.writeBytes(now, now.readerIndex(), task.received);
            now.release();
        }
        task.gathered = larger;
        return larger;
    }

    private boolean grant(IscsiTask task) {
        long missing = task.wanted - task.charged;
        if (missing > 0) {
            if (!budget.tryTake(missing, granted)) {
                return false;
            }
            granted += missing;
            task.charged += missing;
            task.grantedBytes = missing;
        }
        task.granted = true;
        return true;
    }

    private void charge(IscsiTask task, long bytes) {
        if (bytes > 0) {
            budget.charge(bytes);
            task.charged += bytes;
        }
    }
}
