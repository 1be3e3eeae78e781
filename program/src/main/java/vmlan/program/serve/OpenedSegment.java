package vmlan.program.serve;

import java.nio.file.Path;
import vmlan.host.macos.VmnetInterface;
import vmlan.program.config.Via;

/// The way to a segment of macOS', found or opened before the network's process begins.
sealed interface OpenedSegment {
    Via via();

    /// An interface that runs; whoever makes a device of it stops it.
    record ByVmnet(VmnetInterface vmnet) implements OpenedSegment {
        @Override
        public Via via() {
            return Via.VMNET;
        }
    }

    /// A socket at which a socket_vmnet listens.
    record ByDaemon(Path socket) implements OpenedSegment {
        @Override
        public Via via() {
            return Via.SOCKET_VMNET;
        }
    }
}
