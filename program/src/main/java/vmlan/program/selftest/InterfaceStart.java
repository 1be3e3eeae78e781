package vmlan.program.selftest;

import java.io.IOException;
import java.util.Optional;
import vmlan.host.macos.VmnetFramework;
import vmlan.host.macos.VmnetInterface;
import vmlan.host.macos.VmnetSettings;
import vmlan.host.posix.Identity;

/// The one call of the self test that takes rights: whoever has to be root for it becomes so in here, and only here.
@FunctionalInterface
public interface InterfaceStart {
    VmnetInterface start(VmnetFramework framework, VmnetSettings settings) throws IOException;

    /// As root, where this is root's process that works for a user; otherwise with the rights that it has.
    static InterfaceStart ofThisProcess() {
        Optional<Identity> identity = Identity.ofEnvironment();
        if (identity.isEmpty()) {
            return VmnetInterface::start;
        }
        return (framework, settings) -> {
            try {
                return identity.get().asRoot(() -> VmnetInterface.start(framework, settings));
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e.getMessage(), e);
            }
        };
    }
}
