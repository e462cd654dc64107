package io.quorumd.iscsi.login;

/** A peer's text, made fit for one line of a log. */
final class Quoted {

    private static final int LENGTH_MAX = 64;

    private Quoted() {}

    static String of(String text) {
        var line = new StringBuilder("'");
        text.codePoints()
                .limit(LENGTH_MAX)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .forEach(line::appendCodePoint);
        return line.append(text.length() > LENGTH_MAX ? "...'" : "'").toString();
    }
}
