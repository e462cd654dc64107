package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import java.util.List;

/** The mode pages of a disk, shared by all nexuses (SPC-5 §7.5, SBC-4 §6.5). */
final class ModePages {

    static final int ALL_PAGES = 0x3F;
    static final int ALL_SUBPAGES = 0xFF;

    private static final int D_SENSE_BYTE = 2;
    private static final int D_SENSE = 0x04;

    private final List<ModePage> pages;
    private final ModePage control;

    ModePages(boolean writeCache) {
        // TST 0, one task set; QERR 0 and TAS 0: whom an abort by another hits, is told by unit attention only.
        control = new ModePage("0A 0A 00 10 00 00 00 00 00 00 00 00", "00 00 00 00 00 00 00 00 00 00 00 00");
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

    /** Back to the defaults: LOGICAL UNIT RESET. */
    void reset() {
        pages.forEach(ModePage::reset);
    }
}
