package vmlan.program.explain;

import java.util.List;

/// What a command line does.
///
/// @param options those about networks, as typed and in their order
/// @param nics what the guest will have
/// @param needs rights that it takes
/// @param findings what is wrong, in the order in which QEMU says it
/// @param better lines to type
/// @param notes about the rest of the line
/// @param others how many arguments there are that are not about networks
public record Explanation(
        Target target,
        List<Option> options,
        List<Nic> nics,
        List<Need> needs,
        List<FoundMistake> findings,
        List<Better> better,
        List<String> notes,
        int others) {
    public Explanation {
        options = List.copyOf(options);
        nics = List.copyOf(nics);
        needs = List.copyOf(needs);
        findings = List.copyOf(findings);
        better = List.copyOf(better);
        notes = List.copyOf(notes);
    }

    /// The QEMU that is spoken of.
    ///
    /// @param program as QEMU names itself in its messages
    /// @param path of the one that was asked; null: none was, and the version's options are known from its sources
    public record Target(String program, String version, HostSystem system, String path) {}

    /// @param option as typed
    /// @param kind nic, netdev, net or device
    /// @param role what such an option makes
    /// @param type the backend, or the device's driver
    /// @param id its name; null for none
    /// @param what the backend in one sentence; null for a device
    public record Option(
            String option, String kind, String role, String type, String id, String what, List<Setting> settings) {
        public Option {
            settings = List.copyOf(settings);
        }
    }

    /// @param meaning null: not known
    /// @param usual whether it was not typed and is QEMU's default
    public record Setting(String key, String value, String meaning, boolean usual) {}

    /// A NIC of the guest.
    ///
    /// @param model null: the machine's own, which is not known
    /// @param modelTyped whether the line names it
    /// @param mac null: not known
    /// @param backend its type; null where nothing is behind it
    /// @param option that makes it; null: QEMU makes it by itself
    public record Nic(
            String model,
            boolean modelTyped,
            String mac,
            boolean macTyped,
            String backend,
            String option,
            Addresses addresses,
            List<Reach> reaches) {
        public Nic {
            reaches = List.copyOf(reaches);
        }

        /// Whether `vmlan qemu` makes a network of its own of it.
        public boolean isServed() {
            return reaches.stream().anyMatch(reach -> reach.vmlan() != null);
        }
    }

    /// @param vmlan by `vmlan qemu`; null where that leaves it to QEMU
    public record Reach(Relation relation, Answer qemu, Answer vmlan) {}

    public record Need(String option, Needs needs) {}

    /// @param what it is for
    public record Better(String what, String line) {}

    /// Whether something has to be mended.
    public boolean hasMistake() {
        return findings.stream().anyMatch(FoundMistake::mistake);
    }
}
