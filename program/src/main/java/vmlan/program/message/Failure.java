package vmlan.program.message;

/// A command that cannot go on: one line what, one line what to do, and how the process exits.
public final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    /// The world is not as it should be: QEMU died, no space.
    public static final int WORLD = 1;
    /// Wrong usage or configuration; nothing was started.
    public static final int USAGE = 2;

    private final String remedy;
    private final int exitCode;

    private Failure(int exitCode, String what, String remedy, Throwable cause) {
        super(what, cause);
        this.exitCode = exitCode;
        this.remedy = remedy;
    }

    public static Failure usage(String what, String remedy) {
        return new Failure(USAGE, what, remedy, null);
    }

    public static Failure world(String what, String remedy) {
        return new Failure(WORLD, what, remedy, null);
    }

    public static Failure world(String what, String remedy, Throwable cause) {
        return new Failure(WORLD, what, remedy, cause);
    }

    public String what() {
        return getMessage();
    }

    public String remedy() {
        return remedy;
    }

    public int exitCode() {
        return exitCode;
    }
}
