package vmlan.program.vm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import vmlan.program.config.NetworkMode;
import vmlan.program.config.NetworkName;
import vmlan.program.message.Failure;
import vmlan.program.publish.PublishRule;
import vmlan.program.serve.HostNics;
import vmlan.program.serve.Networks;
import vmlan.qemu.translation.LineFacts;

/// What a QEMU command line is refused for before anything of it is started, and with `--dry-run`.
///
/// @param published what was typed beside the line
record LineChecks(List<PublishRule> published, Networks networks) {
    private static final String OPTION = "--publish";

    /// A NIC that is there, and a network for the ports that are to be published.
    void networks(List<NetworkName> names) throws Failure {
        for (NetworkName name : names) {
            if (name.mode() == NetworkMode.BRIDGED) {
                HostNics.check(name);
            }
        }
        if (published.isEmpty() || names.stream().anyMatch(name -> name.mode().hasNat())) {
            return;
        }
        if (names.isEmpty()) {
            throw Failure.usage(
                    OPTION + " needs a network of ours, and this QEMU command line has none",
                    "say -nic vmnet-shared in it, or take --engine for the one that QEMU calls user");
        }
        if (names.stream().anyMatch(name -> name.mode().hasUplink())) {
            throw PublishedPorts.bridged(OPTION, "-nic vmnet-shared");
        }
        throw Failure.usage(
                OPTION + " is of no use on a network of guests only: nothing of it can be published",
                "leave it away, or say -nic vmnet-shared beside it");
    }

    /// Two rules for one port of the host: those that were typed, and what the line says of its NICs (`hostfwd`).
    void ports(LinePlan plan) throws Failure {
        List<PublishRule> all = new ArrayList<>(published);
        for (int nic = 0; nic < plan.translation().nics().size(); nic++) {
            for (PublishRule rule : plan.published(nic)) {
                Optional<PublishRule> other = all.stream().filter(rule::meets).findFirst();
                if (other.isPresent()) {
                    throw Failure.usage(
                            "'" + other.get() + "' and '" + rule + "' want the same port of the host",
                            "take another port in --publish, or in QEMU's hostfwd=");
                }
                all.add(rule);
            }
        }
    }

    /// The disk that it boots from, as far as that can be seen.
    static void disk(LineFacts facts, Path directory) throws Failure {
        Path disk = facts.disk().map(directory::resolve).orElse(null);
        if (disk == null || disk.startsWith("/dev/fdset") || disk.startsWith("/dev/fd")) {
            return;
        }
        if (!Files.exists(disk)) {
            throw Failure.usage(
                    "the disk " + disk + " does not exist",
                    "check the path in QEMU's command line, as seen from " + directory);
        }
        if (!Files.isReadable(disk)) {
            throw Failure.usage(
                    "the disk " + disk + " cannot be read by this user", "change its owner or its mode: ls -l " + disk);
        }
    }
}
