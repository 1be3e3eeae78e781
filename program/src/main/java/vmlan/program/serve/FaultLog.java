package vmlan.program.serve;

import vmlan.network.DropReason;
import vmlan.network.SwitchPort;

/// Says a port's internal errors: the first and each doubling, since one wrong frame is worth a line, a flood of them
/// not one each.
final class FaultLog {
    private final String name;
    private final SwitchPort port;
    private final NetworkLog log;
    private long next = 1;

    FaultLog(String name, SwitchPort port, NetworkLog log) {
        this.name = name;
        this.port = port;
        this.log = log;
    }

    void log() {
        long faults = port.drops(DropReason.FAULT);
        if (faults >= next) {
            next = faults * 2;
            port.fault().ifPresent(fault -> log.failure(name + ": internal error " + faults, fault));
        }
    }
}
