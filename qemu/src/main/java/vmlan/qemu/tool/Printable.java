package vmlan.qemu.tool;

/// What somebody else chose, for a terminal or a line of a log.
///
/// A terminal obeys control characters, those of ISO 6429's C1 set (U+0080 to U+009F) as well as ASCII's, and the
/// invisible ones of Unicode's category Cf turn the direction of what follows, so that a line reads as another.
public final class Printable {
    private Printable() {}

    /// On one line; what would be obeyed is a blank.
    public static String line(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}]+", " ").strip();
    }

    /// As long as it was; what would be obeyed is a question mark.
    public static String marked(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}]", "?");
    }
}
