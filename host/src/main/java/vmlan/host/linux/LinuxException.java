package vmlan.host.linux;

import java.io.IOException;

/// A system call that failed: which one, why, and what to try.
public final class LinuxException extends IOException {
    private static final long serialVersionUID = 1;

    private final String call;
    private final int errno;
    private final String advice;

    /// @param call with what it was for, such as `socket(AF_PACKET)`
    /// @param errno above zero, or as the calls return it, below
    /// @param advice what to try; empty when nobody knows
    LinuxException(String call, int errno, String advice) {
        super(text(call, Math.abs(errno), advice));
        this.call = call;
        this.errno = Math.abs(errno);
        this.advice = advice;
    }

    private static String text(String call, int errno, String advice) {
        String meaning = Errno.meaning(errno);
        return call + ": " + Errno.name(errno) + (meaning.isEmpty() ? "" : ", " + meaning)
                + (advice.isEmpty() ? "" : "; " + advice);
    }

    /// @throws LinuxException when `result` is below zero
    static int check(int result, String call, String advice) throws LinuxException {
        if (result < 0) {
            throw new LinuxException(call, result, advice);
        }
        return result;
    }

    static int check(int result, String call) throws LinuxException {
        return check(result, call, "");
    }

    public String call() {
        return call;
    }

    public int errno() {
        return errno;
    }

    /// Whether rights are missing.
    public boolean isNotPermitted() {
        return errno == Errno.EPERM || errno == Errno.EACCES;
    }

    /// What to try; may be empty.
    public String advice() {
        return advice;
    }
}
