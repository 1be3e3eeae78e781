package vmlan.program.message;

import java.util.List;
import vmlan.qemu.QemuException;

/// A command that cannot go on: one line what, one line what to do, and how the process exits.
public final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    /// The world is not as it should be: QEMU died, no space.
    public static final int WORLD = 1;
    /// Wrong usage or configuration; nothing was started.
    public static final int USAGE = 2;

    private final String remedy;
    private final int exitCode;
    private final String file;
    private final transient List<Problem> problems;

    private Failure(int exitCode, String what, String remedy, Throwable cause) {
        this(exitCode, what, remedy, cause, null, List.of());
    }

    private Failure(int exitCode, String what, String remedy, Throwable cause, String file, List<Problem> problems) {
        super(what, cause);
        this.exitCode = exitCode;
        this.remedy = remedy;
        this.file = file;
        this.problems = problems;
    }

    /// A file of the user's that has mistakes: all of them.
    ///
    /// @param file its name, for the places
    public static Failure configuration(String file, List<Problem> problems, String what, String remedy) {
        return new Failure(USAGE, what, remedy, null, file, List.copyOf(problems));
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

    /// What QEMU, or something that it needs, refused: wrong usage when the user named it.
    public static Failure of(QemuException e) {
        return new Failure(e.kind() == QemuException.Kind.CONFIGURATION ? USAGE : WORLD, e.what(), e.remedy(), e);
    }

    /// The same with another exit code, for a command whose own are somebody else's.
    public Failure withExitCode(int code) {
        return new Failure(code, what(), remedy, this);
    }

    public String what() {
        return getMessage();
    }

    public String remedy() {
        return remedy;
    }

    /// The file that [#problems] are in, or null.
    public String file() {
        return file;
    }

    /// The mistakes of a file, in its order; none of any other failure.
    public List<Problem> problems() {
        return problems;
    }

    public int exitCode() {
        return exitCode;
    }
}
