package io.quorumd.quorum.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.quorum.sim.SimStorage;
import io.quorumd.quorum.sim.SimStrand;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DivergenceJournalTest {

    private static final long FILE_LIMIT = 2000;

    private SimStorage storage = new SimStorage();
    private final SimStrand strand = new SimStrand(new Random(3));

    @Test
    void givesBackTheNewestFirst() throws IOException {
        DivergenceJournal journal = open();
        journal.append(entry(1));
        journal.append(entry(2));
        strand.runAll();
        assertThat(journal.newest(10)).containsExactly(entry(2), entry(1));
        assertThat(open().newest(1)).containsExactly(entry(2));
    }

    @Test
    void staysWithinItsSizeAndKeepsTheNewest() throws IOException {
        for (int restart = 0; restart < 20; restart++) {
            DivergenceJournal journal = open();
            for (int i = 0; i < 7; i++) {
                journal.append(entry(restart * 7 + i));
                strand.runAll();
            }
        }
        List<JournalEntry> kept = open().newest(1000);
        assertThat(kept).hasSizeGreaterThan(5);
        for (int i = 0; i < kept.size(); i++) {
            assertThat(kept.get(i)).isEqualTo(entry(139 - i));
        }
        for (String path : storage.paths()) {
            assertThat(storage.bytes(path).length).isLessThanOrEqualTo((int) FILE_LIMIT);
        }
    }

    @Test
    void skipsWhatBurstsAndSaysSo() throws IOException {
        DivergenceJournal journal = open();
        for (int i = 0; i < 10_000; i++) {
            journal.append(entry(i));
        }
        strand.runAll();
        journal.append(entry(10_000));
        strand.runAll();
        assertThat(new String(storage.bytes("disk0/journal-0.log"), java.nio.charset.StandardCharsets.UTF_8)
                        + new String(storage.bytes("disk0/journal-1.log"), java.nio.charset.StandardCharsets.UTF_8))
                .contains("\"skipped\":9744");
    }

    @Test
    void losesNothingThatWasWrittenToATornTail() throws IOException {
        for (int seed = 0; seed < 30; seed++) {
            for (long at = 1; at < 25; at++) {
                storage = new SimStorage();
                storage.losePowerAt(at);
                List<JournalEntry> synced = new ArrayList<>();
                Random random = new Random(seed);
                crash(synced, random);
                storage = storage.afterPowerLoss(random);
                DivergenceJournal journal = open();
                List<JournalEntry> found = journal.newest(1000);
                assertThat(found).containsAll(synced.subList(Math.max(0, synced.size() - 3), synced.size()));
                journal.append(entry(999));
                strand.runAll();
                assertThat(journal.newest(1)).containsExactly(entry(999));
                assertThat(journal.newest(1000)).hasSizeGreaterThan(Math.min(3, found.size()));
            }
        }
    }

    @Test
    void passesOverAnyDamagedByte() throws IOException {
        DivergenceJournal journal = open();
        journal.append(entry(1));
        journal.append(entry(2));
        journal.append(entry(3));
        strand.runAll();
        byte[] bytes = storage.bytes("disk0/journal-0.log");
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] ^= 4;
            assertThat(open().newest(10))
                    .isSubsetOf(entry(1), entry(2), entry(3))
                    .hasSizeBetween(1, 2);
            bytes[at] ^= 4;
        }
    }

    @Test
    void goesOnAfterAFailure() throws IOException {
        DivergenceJournal journal = open();
        storage.fail(1);
        journal.append(entry(1));
        strand.runAll();
        journal.append(entry(2));
        strand.runAll();
        assertThat(journal.newest(10)).containsExactly(entry(2));
    }

    private void crash(List<JournalEntry> synced, Random random) throws IOException {
        try {
            JournalFiles files = new JournalFiles(storage, "disk0", FILE_LIMIT);
            for (int i = 0; i < 30; i++) {
                List<JournalEntry> batch = new ArrayList<>(List.of(entry(i)));
                if (random.nextBoolean()) {
                    batch.add(entry(100 + i));
                }
                files.append(batch, 0);
                synced.addAll(batch);
            }
        } catch (SimStorage.PowerLoss loss) {
            // what the test is about
        }
    }

    private DivergenceJournal open() throws IOException {
        return new DivergenceJournal(
                new JournalFiles(storage, "disk0", FILE_LIMIT), "journal", strand, strand.worker(1000));
    }

    private static JournalEntry entry(int i) {
        return new JournalEntry(
                Instant.ofEpochSecond(1_700_000_000L + i), 8L * i, 8, "b", Map.of("a", "11", "b", "22"), "rewritten");
    }
}
