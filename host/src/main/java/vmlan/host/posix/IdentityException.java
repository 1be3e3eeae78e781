package vmlan.host.posix;

import java.io.IOException;

/// A process did not become whose it was to be: which call failed, why, and what to try.
public final class IdentityException extends IOException {
    private static final long serialVersionUID = 1;

    private final String call;
    private final int errno;

    /// @param call with what it was for, such as `seteuid(501)`
    /// @param errno above zero, or as the calls return it, below
    /// @param advice what to try; empty when nobody knows
    IdentityException(String call, int errno, String advice) {
        super(call + ": " + name(Math.abs(errno)) + (advice.isEmpty() ? "" : "; " + advice));
        this.call = call;
        this.errno = Math.abs(errno);
    }

    /// A call succeeded, and things are not as they should be then.
    IdentityException(String what) {
        super(what);
        this.call = "";
        this.errno = 0;
    }

    public String call() {
        return call;
    }

    /// 0 where no call failed.
    public int errno() {
        return errno;
    }

    /// What these calls fail with, where the number is the same on Linux and macOS (asm-generic/errno-base.h,
    /// sys/errno.h); EAGAIN is not.
    private static String name(int errno) {
        return switch (errno) {
            case 1 -> "EPERM, not permitted";
            case 4 -> "EINTR";
            case 5 -> "EIO";
            case 12 -> "ENOMEM, no memory for it";
            case 14 -> "EFAULT";
            case 22 -> "EINVAL, the system does not take this number";
            default -> "errno " + errno;
        };
    }
}
