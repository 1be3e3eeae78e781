package vmlan.qemu;

/// What went wrong with QEMU or with what it needs, in one line, and what to do about it, in another.
public final class QemuException extends Exception {
    private static final long serialVersionUID = 1;

    private final String what;
    private final String remedy;

    public QemuException(String what, String remedy) {
        this(what, remedy, null);
    }

    public QemuException(String what, String remedy, Throwable cause) {
        super(what + "\n" + remedy, cause);
        this.what = what;
        this.remedy = remedy;
    }

    public String what() {
        return what;
    }

    public String remedy() {
        return remedy;
    }
}
