package vmlan.qemu;

/// What went wrong with QEMU or with what it needs, in one line, and what to do about it, in another.
public sealed class QemuException extends Exception permits GuestAgent.RefusedException, QemuStaysException {
    private static final long serialVersionUID = 1;

    /// Whose it is to mend.
    public enum Kind {
        /// What the user named, in the environment or on the command line, cannot be it.
        CONFIGURATION,
        /// The world is not as it should be: nothing installed, a process that died.
        WORLD
    }

    private final Kind kind;
    private final String what;
    private final String remedy;

    /// Of the kind [Kind#WORLD].
    public QemuException(String what, String remedy) {
        this(what, remedy, null);
    }

    public QemuException(String what, String remedy, Throwable cause) {
        this(Kind.WORLD, what, remedy, cause);
    }

    QemuException(Kind kind, String what, String remedy, Throwable cause) {
        super(what + "\n" + remedy, cause);
        this.kind = kind;
        this.what = what;
        this.remedy = remedy;
    }

    public static QemuException configuration(String what, String remedy) {
        return new QemuException(Kind.CONFIGURATION, what, remedy, null);
    }

    public Kind kind() {
        return kind;
    }

    public String what() {
        return what;
    }

    public String remedy() {
        return remedy;
    }
}
