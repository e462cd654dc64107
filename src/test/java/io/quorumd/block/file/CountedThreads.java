package io.quorumd.block.file;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Threads that a test counts, refuses or holds back. All but their work is the test thread's. */
final class CountedThreads implements Executor {

    private final List<Runnable> heldBack = new ArrayList<>();
    private boolean refuses;
    private boolean holdsBack;
    private int asked;

    @Override
    public void execute(Runnable task) {
        asked++;
        if (refuses) {
            throw new RejectedExecutionException("no more");
        }
        if (holdsBack) {
            heldBack.add(task);
        } else {
            FileFixture.IO.execute(task);
        }
    }

    /** How many were asked for since the last {@link #reset}. */
    int asked() {
        return asked;
    }

    void reset() {
        asked = 0;
    }

    void refuse(boolean all) {
        refuses = all;
    }

    void holdBack() {
        holdsBack = true;
    }

    void letGo() {
        holdsBack = false;
        heldBack.forEach(FileFixture.IO::execute);
        heldBack.clear();
    }
}
