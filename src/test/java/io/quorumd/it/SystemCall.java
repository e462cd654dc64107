package io.quorumd.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One system call out of an strace of all threads. Positions are lines of the trace, in the order in which strace saw
 * threads stop: a call does nothing before its {@code entered} and is over by its {@code left}, so that of two calls where
 * the one has left before the other enters the order is certain. Calls that overlap have none.
 *
 * @param descriptor what its first argument leads to: a path, or a socket's two addresses
 * @param arguments all of them, as printed
 */
record SystemCall(String name, String descriptor, String arguments, long result, int entered, int left) {

    private static final Pattern WHOLE = Pattern.compile("(\\w+)\\((.*)\\) += (-?\\d+).*");
    private static final Pattern DESCRIPTOR = Pattern.compile("\\d+<(.*?)>(?:,.*)?");
    private static final Pattern HEX = Pattern.compile("\"((?:\\\\x[0-9a-f]{2})*)\"");
    private static final Pattern OFFSET = Pattern.compile(".*[,\\]] \\d+, (\\d+)(?:, [A-Z_|0]+)?");
    private static final String UNFINISHED = " <unfinished ...>";

    /** What {@link #read} needs strace to be called with, besides {@code -o FILE -p PID}. */
    static final List<String> STRACE = List.of(
            "strace",
            "-f",
            "-yy",
            "-xx",
            "-s",
            "70000",
            "-e",
            "trace=pwrite64,pwritev,pwritev2,fdatasync,fsync,read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg");

    /** All calls of a trace that ended, in the order in which they did. */
    static List<SystemCall> read(Path trace) {
        List<SystemCall> calls = new ArrayList<>();
        Map<String, Begun> begun = new HashMap<>();
        try {
            List<String> lines = Files.readAllLines(trace, StandardCharsets.ISO_8859_1);
            for (int at = 0; at < lines.size(); at++) {
                int space = lines.get(at).indexOf(' ');
                String thread = lines.get(at).substring(0, Math.max(space, 0));
                String text = lines.get(at).substring(space + 1).strip();
                if (text.endsWith(UNFINISHED)) {
                    begun.put(thread, new Begun(text.substring(0, text.length() - UNFINISHED.length()), at));
                } else if (text.startsWith("<... ")) {
                    Begun beginning = begun.remove(thread);
                    if (beginning != null) {
                        add(calls, beginning.text + text.substring(text.indexOf('>') + 1), beginning.at, at);
                    }
                } else {
                    add(calls, text, at, at);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return calls;
    }

    private record Begun(String text, int at) {}

    private static void add(List<SystemCall> calls, String text, int entered, int left) {
        Matcher whole = WHOLE.matcher(text);
        if (!whole.matches()) {
            return; // a signal, an exit
        }
        Matcher descriptor = DESCRIPTOR.matcher(whole.group(2));
        String leadsTo = descriptor.matches() ? text(descriptor.group(1)) : "";
        calls.add(
                new SystemCall(whole.group(1), leadsTo, whole.group(2), Long.parseLong(whole.group(3)), entered, left));
    }

    /** Paths are printed in hexadecimal, addresses are not. */
    private static String text(String printed) {
        return printed.startsWith("\\x") ? new String(bytes(printed), StandardCharsets.UTF_8) : printed;
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace("\\x", ""));
    }

    boolean succeeded() {
        return result >= 0;
    }

    boolean isWrite() {
        return name.startsWith("pwrite");
    }

    boolean isSync() {
        return name.equals("fdatasync") || name.equals("fsync");
    }

    /** Whether what it wrote was on stable storage when it left. */
    boolean isDurableWrite() {
        return name.equals("pwritev2") && arguments.contains("RWF_DSYNC");
    }

    boolean receives() {
        return name.startsWith("read") || name.startsWith("recv");
    }

    boolean sends() {
        return name.startsWith("write") || name.startsWith("send");
    }

    /** Where in its file a positioned write begins. */
    long offset() {
        Matcher offset = OFFSET.matcher(arguments);
        if (!offset.matches()) {
            throw new AssertionError("no offset in the arguments of " + name + " that end with "
                    + arguments.substring(Math.max(0, arguments.length() - 80)));
        }
        return Long.parseLong(offset.group(1));
    }

    /** The bytes that were really transferred. */
    byte[] data() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Matcher part = HEX.matcher(arguments);
        while (part.find()) {
            all.writeBytes(bytes(part.group(1)));
        }
        return Arrays.copyOf(all.toByteArray(), (int) Math.min(all.size(), Math.max(0, result)));
    }
}
