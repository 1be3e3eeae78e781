package vmlan.qemu.language.backend;

/// QEMU's error: it ends the making of a backend at the place where it is said.
final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    /// What helps, where more is known than the text says; null: what is said of the text.
    private final String remedy;

    private Refused(String text, String remedy) {
        super(text, null, false, false);
        this.remedy = remedy;
    }

    Refused(String text) {
        this(text, null);
    }

    static Refused because(String text, String remedy) {
        return new Refused(text, remedy);
    }

    String remedy() {
        return remedy;
    }
}
