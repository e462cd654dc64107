package io.quorumd.scsi;

import io.quorumd.block.Strand;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The logical units of one target, by number. Disks come and go while initiators are logged in; they are told with unit
 * attention REPORTED LUNS DATA HAS CHANGED. {@link #add} and {@link #remove} may be called on any thread, one at a time;
 * the rest is a look at an immutable picture.
 */
public final class LunMap implements ScsiTarget {

    /** Numbers that flat space addressing can express are below this. */
    public static final int MAX_LUNS = 1 << 14;

    /** The well known logical unit REPORT LUNS (SAM-6 §4.7.6). */
    static final long REPORT_LUNS = 0xC101L << 48;

    private static final int PERIPHERAL = 0;
    private static final int FLAT = 1;
    private static final long FIRST_LEVEL = 0xFFFFL << 48;

    private final String targetName;
    private final NoLogicalUnit missing;
    private final NoLogicalUnit reportLuns;
    private volatile Set<Integer> portalGroups = Set.of();
    private volatile @Nullable Lun[] luns = new Lun[0];

    /**
     * @param targetName iSCSI name
     * @param strand where what is asked of numbers without a disk is answered
     */
    public LunMap(String targetName, Strand strand) {
        this.targetName = targetName;
        this.missing = new NoLogicalUnit(this, strand, false);
        this.reportLuns = new NoLogicalUnit(this, strand, true);
    }

    /** The portal groups that lead to this target, by tag; the one that an initiator came through is always known. */
    public void portalGroups(Collection<Integer> tags) {
        portalGroups = Set.copyOf(tags);
    }

    SortedSet<Integer> ports(ItNexus nexus) {
        SortedSet<Integer> ports = new TreeSet<>(portalGroups);
        ports.add(nexus.targetPort());
        return ports;
    }

    String targetName() {
        return targetName;
    }

    /**
     * Shows a disk.
     *
     * @param number 0 to {@link #MAX_LUNS} - 1, free
     * @param readOnly writes through this LUN are refused with WRITE PROTECTED
     */
    public synchronized void add(int number, Disk disk, boolean readOnly) {
        if (number < 0 || number >= MAX_LUNS) {
            throw new IllegalArgumentException("LUN " + number + " is not 0 to " + (MAX_LUNS - 1));
        }
        @Nullable Lun[] old = luns;
        if (number < old.length && old[number] != null) {
            throw new IllegalArgumentException("LUN " + number + " of " + targetName + " is taken");
        }
        if (disks().contains(disk)) {
            throw new IllegalArgumentException(
                    "the disk of LUN " + number + " has a LUN of " + targetName + " already");
        }
        @Nullable Lun[] changed = new Lun[Math.max(number + 1, old.length)];
        System.arraycopy(old, 0, changed, 0, old.length);
        changed[number] = new Lun(this, disk, readOnly);
        luns = changed;
        tellInitiators();
    }

    /**
     * Takes a disk away; the commands under way there are aborted.
     *
     * @param done runs on the disk's strand when the last of those has ended
     */
    public synchronized void remove(int number, Runnable done) {
        @Nullable Lun[] changed = luns.clone();
        Lun gone = number < 0 || number >= changed.length ? null : changed[number];
        if (gone == null) {
            throw new IllegalArgumentException("there is no LUN " + number + " of " + targetName);
        }
        changed[number] = null;
        luns = changed;
        gone.strand().execute(() -> gone.disk().unmapped(gone, done));
        tellInitiators();
    }

    private void tellInitiators() {
        for (Disk disk : disks()) {
            disk.strand().execute(() -> disk.lunsChanged(this));
        }
    }

    /** Whether it shows a disk for reading only, or not at all. */
    boolean isReadOnly(Disk disk) {
        return Stream.of(luns).noneMatch(lun -> lun != null && lun.disk() == disk && !lun.isReadOnly());
    }

    List<Disk> disks() {
        List<Disk> disks = new ArrayList<>();
        for (Lun lun : luns) {
            if (lun != null) {
                disks.add(lun.disk());
            }
        }
        return disks;
    }

    /** Numbers with a disk, ascending. */
    List<Integer> numbers() {
        @Nullable Lun[] now = luns;
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < now.length; i++) {
            if (now[i] != null) {
                numbers.add(i);
            }
        }
        return numbers;
    }

    @Override
    public LogicalUnit logicalUnit(long lun) {
        if (lun == REPORT_LUNS) {
            return reportLuns;
        }
        int number = number(lun);
        @Nullable Lun[] now = luns;
        Lun found = number >= 0 && number < now.length ? now[number] : null;
        return found != null ? found : missing;
    }

    /** The number, or -1 for an address of a form that no disk has (SAM-6 §4.7.7). */
    private static int number(long lun) {
        int first = (int) (lun >>> 48);
        if ((lun & ~FIRST_LEVEL) != 0) {
            return -1;
        }
        return switch (first >> 14) {
            case PERIPHERAL -> first < 256 ? first : -1;
            case FLAT -> first & 0x3FFF;
            default -> -1;
        };
    }

    /** The address of a number as REPORT LUNS gives it. */
    static long address(int number) {
        return (number < 256 ? number : (FLAT << 14) | (long) number) << 48;
    }

    @Override
    public Iterable<LogicalUnit> logicalUnits() {
        List<LogicalUnit> all = new ArrayList<>();
        for (Lun lun : luns) {
            if (lun != null) {
                all.add(lun);
            }
        }
        all.add(missing);
        all.add(reportLuns);
        return all;
    }
}
