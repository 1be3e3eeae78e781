package vmlan.host.macos;

import java.io.IOException;

/// A call of vmnet.framework that failed: which one, why, and what to try.
public final class VmnetException extends IOException {
    private static final long serialVersionUID = 1;

    private final String call;
    private final VmnetStatus status;
    private final String reason;
    private final String advice;

    private VmnetException(String call, VmnetStatus status, String reason, String advice) {
        super(call + ": " + reason + (advice.isEmpty() ? "" : "; " + advice));
        this.call = call;
        this.status = status;
        this.reason = reason;
        this.advice = advice;
    }

    /// @param code as vmnet returned it
    /// @param advice the likely cause and its cure; empty when nobody knows
    static VmnetException of(String call, int code, String advice) {
        VmnetStatus status = VmnetStatus.of(code);
        String name = status == VmnetStatus.UNKNOWN ? "status " + code : "VMNET_" + status.name();
        return new VmnetException(call, status, name + ", " + status.meaning(), advice);
    }

    /// A failure without a status.
    static VmnetException of(String call, String reason, String advice) {
        return new VmnetException(call, VmnetStatus.UNKNOWN, reason, advice);
    }

    static void check(String call, int code) throws VmnetException {
        if (code != VmnetStatus.SUCCESS.code()) {
            throw of(call, code, "");
        }
    }

    public String call() {
        return call;
    }

    /// [VmnetStatus#UNKNOWN] also where there was none.
    public VmnetStatus status() {
        return status;
    }

    /// What vmnet said.
    public String reason() {
        return reason;
    }

    /// What to try; may be empty.
    public String advice() {
        return advice;
    }
}
