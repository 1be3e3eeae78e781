package vmlan.program.explain;

import java.util.Optional;
import java.util.Set;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.Finding;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuVersion;

/// A QEMU on a system, and what `vmlan qemu` makes of what it lacks.
///
/// @param sudo whether the line is started by sudo
/// @param alone whether `vmlan qemu` refuses the line as it stands
record QemuHere(Dialect dialect, HostSystem system, boolean sudo, boolean alone) {
    private static final QemuVersion PASST_SINCE = new QemuVersion(10, 1, 0);
    private static final String UNKNOWN_TYPE = "Parameter 'type' does not accept value '";

    QemuHere(Dialect dialect, HostSystem system, boolean sudo) {
        this(dialect, system, sudo, false);
    }

    /// The same where `vmlan qemu` refuses the line.
    QemuHere ofRefused() {
        return new QemuHere(dialect, system, sudo, true);
    }

    boolean has(String type) {
        return type.isEmpty()
                || type.equals("none")
                || type.equals("nic")
                || dialect.backends().contains(type);
    }

    Reaches reaches(BackendFacts backend) {
        return has(backend.type()) ? QemuReaches.of(backend) : Reaches.all(Answer.NEVER);
    }

    /// Empty where `vmlan qemu` leaves the backend to QEMU.
    Optional<Reaches> reachesByVmlan(BackendFacts backend) {
        return alone ? Optional.empty() : VmlanReaches.of(backend, system, sudo, has(backend.type()));
    }

    Needs needs(BackendFacts backend) {
        return Needs.of(backend, system, reachesByVmlan(backend).isPresent());
    }

    /// Whether QEMU only complains of a backend that `vmlan qemu` serves in its place.
    boolean isServed(Finding finding, NetworkOption option) {
        return option != null
                && finding.text().startsWith(UNKNOWN_TYPE)
                && !has(option.type())
                && served(option.type()).backends().contains(option.type());
    }

    /// A QEMU that has what `vmlan qemu` serves, too.
    Dialect served(String... types) {
        boolean passt = Set.of(types).contains("passt");
        Dialect served = KnownDialect.served(dialect);
        return passt && dialect.version().compareTo(PASST_SINCE) < 0
                ? served.with(PASST_SINCE, served.backends())
                : served;
    }
}
