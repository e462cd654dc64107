package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.pdu.SenseData;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The mode pages of a disk, shared by all nexuses (SPC-5 §7.5, SBC-4 §6.5). */
final class ModePages {

    static final int ALL_PAGES = 0x3F;
    static final int ALL_SUBPAGES = 0xFF;

    private static final int D_SENSE_BYTE = 2;
    private static final int D_SENSE = 0x04;
    private static final int SWP_BYTE = 4;
    private static final int SWP = 0x08;

    private static final int PAGE_HEADER = 2;
    private static final int PAGE_CODE = 0x3F;
    private static final int SPF = 0x40;

    private final List<ModePage> pages;
    private final ModePage control;

    ModePages(boolean writeCache) {
        // TST 0, one task set; QERR 0 and TAS 0: whom an abort by another hits, is told by unit attention only.
        control = new ModePage("0A 0A 00 10 00 00 00 00 00 00 00 00", "00 00 04 00 08 00 00 00 00 00 00 00");
        pages = List.of(
                // Read-write error recovery
                ModePage.fixed("01 0A 00 00 00 00 00 00 00 00 00 00"),
                // Caching: WCE
                ModePage.fixed((writeCache ? "08 12 04" : "08 12 00") + "00".repeat(17)),
                control,
                // Informational exceptions control: DEXCPT, none are reported this way
                ModePage.fixed("1C 0A 08 00 00 00 00 00 00 00 00 00"));
    }

    boolean has(int code, int subpage) {
        if (code == ALL_PAGES) {
            return subpage == 0 || subpage == ALL_SUBPAGES;
        }
        return (subpage == 0 || subpage == ALL_SUBPAGES) && pages.stream().anyMatch(p -> p.code() == code);
    }

    /** Appends the page, or all of them, as {@code control} asks. */
    void write(ByteBuf out, int code, ModePage.Values values) {
        for (ModePage page : pages) {
            if (code == ALL_PAGES || page.code() == code) {
                page.write(out, values);
            }
        }
    }

    boolean descriptorSense() {
        return (control.current(D_SENSE_BYTE) & D_SENSE) != 0;
    }

    /** Software write protect. */
    boolean writeProtected() {
        return (control.current(SWP_BYTE) & SWP) != 0;
    }

    /** What is wrong with the pages of a MODE SELECT that begin at {@code offset}; null when nothing is. */
    @Nullable
    SenseData check(ByteBuf list, int offset) {
        int at = offset;
        while (at < list.writerIndex()) {
            if (list.writerIndex() - at < PAGE_HEADER) {
                return Sense.PARAMETER_LIST_LENGTH_ERROR;
            }
            ModePage page = (list.getByte(at) & SPF) != 0 ? null : find(list.getByte(at) & PAGE_CODE);
            int length = PAGE_HEADER + list.getUnsignedByte(at + 1);
            if (page == null) {
                return Sense.INVALID_FIELD_IN_PARAMETER_LIST.atParameterByte(at);
            }
            if (length != page.length()) {
                return Sense.INVALID_FIELD_IN_PARAMETER_LIST.atParameterByte(at + 1);
            }
            if (length > list.writerIndex() - at) {
                return Sense.PARAMETER_LIST_LENGTH_ERROR;
            }
            int fixed = page.firstUnchangeable(list, at);
            if (fixed >= 0) {
                return Sense.INVALID_FIELD_IN_PARAMETER_LIST.atParameterByte(at + fixed);
            }
            at += length;
        }
        return null;
    }

    /** Makes pages that {@link #check} has nothing against the current ones; false when they were already. */
    boolean change(ByteBuf list, int offset) {
        boolean changed = false;
        int at = offset;
        while (at < list.writerIndex()) {
            ModePage page = Objects.requireNonNull(find(list.getByte(at) & PAGE_CODE));
            changed |= page.change(list, at);
            at += page.length();
        }
        return changed;
    }

    private @Nullable ModePage find(int code) {
        return pages.stream().filter(p -> p.code() == code).findAny().orElse(null);
    }

    /** Back to the defaults: LOGICAL UNIT RESET. */
    void reset() {
        pages.forEach(ModePage::reset);
    }
}
