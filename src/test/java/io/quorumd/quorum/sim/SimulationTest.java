package io.quorumd.quorum.sim;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Thousands of stories, each made by a seed; {@code -Dsim.seed=N} replays one, {@code -Dsim.seeds=N} runs more. */
class SimulationTest {

    private static final Logger QUORUM = (Logger) LoggerFactory.getLogger("io.quorumd.quorum");

    @BeforeAll
    static void quiet() {
        QUORUM.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        QUORUM.setLevel(null);
    }

    @Test
    void noStoryEndsBadly() {
        Long only = Long.getLong("sim.seed");
        long first = Long.getLong("sim.first", 0);
        LongStream seeds =
                only != null ? LongStream.of(only) : LongStream.range(first, first + Long.getLong("sim.seeds", 3000));
        seeds.parallel().forEach(seed -> new Simulation(seed).run());
    }
}
