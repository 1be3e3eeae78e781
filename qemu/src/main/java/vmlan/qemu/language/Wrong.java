package vmlan.qemu.language;

/// An option's text is wrong: how, in QEMU's words.
public final class Wrong extends Exception {
    private static final long serialVersionUID = 1;

    public Wrong(String message) {
        super(message);
    }
}
