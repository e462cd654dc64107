package io.quorumd.iscsi;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Counted up by one thread, read by any: cheaper than an atomic, and never torn. */
final class Counter {

    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Counter.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable") // through VALUE
    private long value;

    void add(long n) {
        VALUE.setOpaque(this, (long) VALUE.getOpaque(this) + n);
    }

    long get() {
        return (long) VALUE.getOpaque(this);
    }
}
