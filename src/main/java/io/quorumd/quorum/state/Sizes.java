package io.quorumd.quorum.state;

import java.util.List;

/** How long a volume is when nothing is recorded yet (quorum-device contract 1 "Length"). Pure. */
final class Sizes {

    private Sizes() {}

    static void checkCreation(VolumeWish wish) {
        if (wish.size() <= 0) {
            throw new StateException(
                    "Volume " + wish.name() + " does not exist yet and has no size.",
                    "Set size, for example 1GB, or correct the children's uri if they do exist.");
        }
        checkBlocks(wish, wish.size());
    }

    /** The length that all children which are there agree on. */
    static long common(VolumeWish wish, List<ChildEvidence> children) {
        List<ChildFound> present = children.stream()
                .filter(ChildEvidence::present)
                .map(ChildEvidence::found)
                .toList();
        if (present.size() < wish.threshold()) {
            ChildFound absent = children.stream()
                    .filter(child -> !child.present())
                    .findFirst()
                    .orElseThrow()
                    .found();
            throw new StateException(
                    "Volume " + wish.name() + " needs " + wish.threshold() + " children and finds " + present.size()
                            + "; " + absent.nodeName() + ": " + absent.reason() + ".",
                    "Bring the children back. A file is only made when no child of a new volume exists.");
        }
        long size = commonest(present);
        for (ChildFound child : present) {
            if (child.length() != size) {
                throw new StateException(
                        "Child " + child.nodeName() + " of volume " + wish.name() + " has " + child.length()
                                + " bytes, the others have " + size + ".",
                        "Make all children equally long.");
            }
        }
        if (wish.size() != 0 && wish.size() != size) {
            throw new StateException(
                    "The children of volume " + wish.name() + " have " + size + " bytes, but size says " + wish.size()
                            + ".",
                    "Leave size out, or correct the children's uri.");
        }
        checkBlocks(wish, size);
        return size;
    }

    private static long commonest(List<ChildFound> present) {
        long best = present.getFirst().length();
        long votes = 0;
        for (ChildFound candidate : present) {
            long count = present.stream()
                    .filter(child -> child.length() == candidate.length())
                    .count();
            if (count > votes) {
                votes = count;
                best = candidate.length();
            }
        }
        return best;
    }

    private static void checkBlocks(VolumeWish wish, long size) {
        if (size <= 0 || size % wish.blockSize() != 0) {
            throw new StateException(
                    "Volume " + wish.name() + " would have " + size + " bytes, not a multiple of its block-size "
                            + wish.blockSize() + ".",
                    "Choose a size of whole blocks.");
        }
        if ((size + wish.regionSize() - 1) / wish.regionSize() > Integer.MAX_VALUE / 64) {
            throw new StateException(
                    "Volume " + wish.name() + " of " + size + " bytes has too many regions of " + wish.regionSize()
                            + " bytes.",
                    "Choose a larger region-size.");
        }
    }
}
