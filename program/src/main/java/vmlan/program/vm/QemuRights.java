package vmlan.program.vm;

import java.util.List;
import java.util.Optional;
import vmlan.program.config.Vmnet;
import vmlan.program.message.Failure;
import vmlan.qemu.RootStart;

/// Whether root has to start QEMU: for its own vmnet, up to macOS 15, unless this user is root.
public final class QemuRights {
    /// Set where this command was typed behind sudo, which gave its rights up: so sudo may be asked once more.
    private static final String BY_SUDO = "VMLAN_BY_SUDO";

    private QemuRights() {}

    /// Empty where QEMU starts as any program does. From macOS 26 on it does so unless the user says otherwise: whether
    /// it may depends on how it is signed ([Vmnet#takesRoot]).
    ///
    /// @param bySudo whether the user said that sudo may do it
    static Optional<RootStart> wanted(List<NicSpec> nics, boolean bySudo) {
        boolean wanted =
                nics.stream().anyMatch(NicSpec::isOfQemu) && (Vmnet.takesRoot() || isAllowed(bySudo)) && !isRoot();
        return wanted ? Optional.of(new RootStart(user())) : Optional.empty();
    }

    static boolean isRoot() {
        return user().equals("root");
    }

    /// The real user's (JDK: getpwuid(getuid())).
    private static String user() {
        return System.getProperty("user.name");
    }

    /// Where nobody will be there to be asked for a password.
    ///
    /// @throws Failure it would never start
    public static void checkAlone(VmSpec spec) throws Failure {
        if (spec.nics().stream().anyMatch(NicSpec::isOfQemu) && Vmnet.takesRoot() && !isRoot()) {
            throw Failure.usage(
                    "a VM with --via qemu cannot start by itself: up to macOS 15 only root can start QEMU's own vmnet",
                    "have it on a network of vmlan's, by run without --via qemu; such a network starts with the machine"
                            + " by: vmlan network autostart --sudo NETWORK");
        }
    }

    /// The same where it is about to be started.
    static Optional<RootStart> checked(List<NicSpec> nics, boolean bySudo) throws Failure {
        Optional<RootStart> start = wanted(nics, bySudo);
        if (start.isPresent() && !isAllowed(bySudo)) {
            throw Failure.world(
                    "up to macOS 15 only root can start QEMU's own vmnet",
                    "let sudo start QEMU, which becomes you before the guest runs, by the same command with --sudo,"
                            + " as in: vmlan run --via qemu --sudo");
        }
        return start;
    }

    private static boolean isAllowed(boolean bySudo) {
        return bySudo || "1".equals(System.getenv(BY_SUDO));
    }
}
