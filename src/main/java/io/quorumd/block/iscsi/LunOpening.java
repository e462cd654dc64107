package io.quorumd.block.iscsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a LUN, one question after the other, what has to be known of it: that it is a disk that is ready, who it is, its
 * size and blocks, and its limits (SPC-5 §6, SBC-4 §5 and §6.6); after {@link #use}, what may only be asked by whoever may
 * write to it.
 */
final class LunOpening {

    /** The end of it, told once. */
    interface Outcome {
        void known();

        /** @param why a predicate about the LUN, such as "is no disk" */
        void refused(BlockError why);
    }

    private static final int SUPPORTED_PAGES = 0x00;
    private static final int SERIAL_NUMBER = 0x80;
    private static final int DEVICE_IDENTIFICATION = 0x83;
    private static final int BLOCK_LIMITS = 0xB0;
    private static final int PROVISIONING = 0xB2;

    private static final int INQUIRY_LENGTH = 96;
    private static final int PAGE_LENGTH = 255;
    private static final int DISK = 0x00;
    private static final int MODE_LENGTH = 252;
    private static final int WRITE_PROTECTED = 0x80;
    private static final int DPOFUA = 0x10;

    private final LunCommands commands;
    private final Outcome outcome;
    private final LunFacts facts = new LunFacts();
    private @Nullable ByteBuf pages;
    private boolean synchronize16 = true;

    LunOpening(LunCommands commands, Outcome outcome) {
        this.commands = commands;
        this.outcome = outcome;
    }

    LunFacts facts() {
        return facts;
    }

    boolean hasSynchronize16() {
        return synchronize16;
    }

    /** Looks at it, changing nothing. */
    void look() {
        commands.send(ScsiCommand.bare(Cdbs.testUnitReady(), false), (none, error) -> {
            if (error != null) {
                outcome.refused(error);
            } else {
                ask(Cdbs.inquiry(INQUIRY_LENGTH), INQUIRY_LENGTH, this::inquired);
            }
        });
    }

    private void inquired(ByteBuf data) {
        if (data.readableBytes() == 0 || data.getByte(data.readerIndex()) != DISK) {
            refuse("is no disk");
            return;
        }
        askIfThere(Cdbs.vpd(SUPPORTED_PAGES, PAGE_LENGTH), PAGE_LENGTH, supported -> {
            pages = supported == null ? null : supported.copy();
            page(DEVICE_IDENTIFICATION, identification -> {
                if (identification != null) {
                    facts.identity(LunIdentity.ofDesignators(identification));
                }
                serialNumber();
            });
        });
    }

    private void serialNumber() {
        page(SERIAL_NUMBER, serial -> {
            if (serial != null && facts.identity().isEmpty()) {
                facts.identity(LunIdentity.ofSerialNumber(serial));
            }
            page(BLOCK_LIMITS, limits -> {
                if (limits != null) {
                    facts.blockLimits(limits);
                }
                page(PROVISIONING, provisioning -> {
                    if (provisioning != null) {
                        facts.provisioning(provisioning);
                    }
                    forgetPages();
                    ask(Cdbs.readCapacity(), Cdbs.CAPACITY_LENGTH, this::measured);
                });
            });
        });
    }

    private void measured(ByteBuf data) {
        String wrong = facts.capacity(data);
        if (wrong != null) {
            refuse(wrong);
        } else {
            outcome.known();
        }
    }

    /** Finds out how it is written, and that it is: a LUN that cannot flush is refused. */
    void use() {
        askIfThere(Cdbs.modeSense(MODE_LENGTH), MODE_LENGTH, mode -> {
            int parameter = mode == null || mode.readableBytes() < 4 ? 0 : mode.getByte(mode.readerIndex() + 2);
            if ((parameter & WRITE_PROTECTED) != 0) {
                refuse("is write-protected; a child must be writable");
                return;
            }
            facts.fua((parameter & DPOFUA) != 0);
            synchronize();
        });
    }

    private void synchronize() {
        commands.send(ScsiCommand.bare(Cdbs.synchronizeCache(synchronize16), true), (none, error) -> {
            if (error == null) {
                outcome.known();
            } else if (error.code() != Errno.EINVAL) {
                outcome.refused(error);
            } else if (synchronize16) {
                synchronize16 = false;
                synchronize();
            } else {
                refuse(
                        "does not offer SYNCHRONIZE CACHE, so that nothing written to it would ever be known to be safe");
            }
        });
    }

    private void page(int code, Consumer<@Nullable ByteBuf> next) {
        ByteBuf supported = pages;
        boolean there = supported != null
                && supported.readableBytes() > 4
                && supported.indexOf(supported.readerIndex() + 4, supported.writerIndex(), (byte) code) >= 0;
        if (there) {
            askIfThere(Cdbs.vpd(code, PAGE_LENGTH), PAGE_LENGTH, next);
        } else {
            next.accept(null);
        }
    }

    private void forgetPages() {
        if (pages != null) {
            pages.release();
            pages = null;
        }
    }

    private void ask(byte[] cdb, int atMost, Consumer<ByteBuf> next) {
        askIfThere(cdb, atMost, data -> {
            if (data == null) {
                refuse("does not answer what every disk answers, command 0x%02x".formatted(cdb[0] & 0xff));
            } else {
                next.accept(data);
            }
        });
    }

    /** The data is the consumer's during the call only; null where the LUN does not know the question. */
    private void askIfThere(byte[] cdb, int atMost, Consumer<@Nullable ByteBuf> next) {
        commands.send(ScsiCommand.inquire(cdb, atMost), (data, error) -> {
            if (data != null) {
                try {
                    next.accept(data);
                } finally {
                    data.release();
                }
            } else if (error == null || error.code() == Errno.EINVAL) {
                next.accept(null);
            } else {
                forgetPages();
                outcome.refused(error);
            }
        });
    }

    private void refuse(String why) {
        forgetPages();
        outcome.refused(BlockError.of(Errno.EINVAL, why));
    }
}
