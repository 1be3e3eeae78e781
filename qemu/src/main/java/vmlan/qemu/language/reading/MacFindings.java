package vmlan.qemu.language.reading;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import vmlan.qemu.language.QemuLine;

/// What QEMU says of MAC addresses, and what it should have said.
final class MacFindings {
    private final Report report;
    private final Mac.Table table = new Mac.Table();
    private final Map<Mac, QemuLine.Argument> owners = new HashMap<>();

    MacFindings(Report report) {
        this.report = report;
    }

    /// Of `-nic` and `-net nic`.
    ///
    /// @param text null: none is named
    /// @return whether QEMU goes on
    boolean ofNic(TypedOption option, String text, String multicast) {
        Optional<Mac> named = text == null ? Optional.empty() : Mac.loose(text);
        if (text != null && named.isEmpty()) {
            report.error("invalid syntax for ethernet address", option.at());
            return false;
        }
        if (named.filter(Mac::isMulticast).isPresent()) {
            report.error(multicast, option.at());
            return false;
        }
        take(named.orElse(null), option.at());
        return true;
    }

    /// Of `-device`, whose address is well-formed. QEMU checks nothing more.
    void ofDevice(TypedOption option, Mac named) {
        if (named != null && named.isMulticast()) {
            report.silent(
                    "the MAC address " + named + " is a multicast address (odd first byte): the guest will not be"
                            + " reached",
                    "make the first byte even",
                    option.at());
        }
        take(named, option.at());
    }

    private void take(Mac named, QemuLine.Argument at) {
        Mac mac = table.take(named);
        QemuLine.Argument owner = owners.putIfAbsent(mac, at);
        if (owner != null) {
            report.silent(
                    "two NICs have the MAC address " + mac + ": this one and that of "
                            + String.join(" ", owner.words()),
                    "give each NIC an address of its own with mac=, or none at all",
                    at);
        }
    }
}
