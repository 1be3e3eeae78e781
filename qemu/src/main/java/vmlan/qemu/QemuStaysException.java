package vmlan.qemu;

/// A QEMU that was not to run, and that nobody but root can end: sudo has started it, and would ask before it ends it.
public final class QemuStaysException extends QemuException {
    private static final long serialVersionUID = 1;

    private final long pid;

    QemuStaysException(String what, String remedy, long pid) {
        super(what, remedy);
        this.pid = pid;
    }

    public long pid() {
        return pid;
    }
}
