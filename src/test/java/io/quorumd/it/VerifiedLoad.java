package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongConsumer;

/**
 * {@code iscsi-verify} at work: random reads, writes and flushes whose every byte is checked, over connections that
 * break and a target that is killed and comes back within a minute.
 */
final class VerifiedLoad {

    /** What each session works on, in bytes; session n at n times this. */
    static final long BYTES_PER_SESSION = 16L << 20;

    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final CompletableFuture<Tool> ended;

    private VerifiedLoad(String url, int sessions, int depth, int requests, LongConsumer onAcknowledged) {
        String program = Tool.compiled("iscsi-verify");
        String[] command = {program, url, String.valueOf(sessions), String.valueOf(depth), String.valueOf(requests)};
        ended = CompletableFuture.supplyAsync(() -> {
            try {
                return Tool.run(LIMIT, line -> seen(line, onAcknowledged), command);
            } finally {
                started.complete(null);
            }
        });
    }

    /**
     * Starts it and returns when the random part begins.
     *
     * @param requests of each session, besides writing all of its part first and reading all of it last
     * @param onAcknowledged told every 1000 writes how many were acknowledged, on a thread that reads the program's output
     */
    static VerifiedLoad start(String url, int sessions, int depth, int requests, LongConsumer onAcknowledged) {
        VerifiedLoad load = new VerifiedLoad(url, sessions, depth, requests, onAcknowledged);
        load.started.join();
        return load;
    }

    private void seen(String line, LongConsumer onAcknowledged) {
        if (line.equals("started")) {
            started.complete(null);
        } else if (line.startsWith("acknowledged ")) {
            onAcknowledged.accept(Long.parseLong(line.substring("acknowledged ".length())));
        }
    }

    /** Waits for the end; no byte may have been wrong and no command failed but with its connection. */
    void assertClean() {
        try {
            Tool tool = ended.get();
            assertThat(tool.output()).contains(" wrong=0 errors=0");
            assertThat(tool.status()).as(tool.output()).isZero();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
