package vmlan.program.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import vmlan.program.files.Places;
import vmlan.program.message.ShellWords;

/// What crashes and kills left lying about.
final class LeftoverChecks {
    private static final String WHY_DAMAGED = "a file that made no sense was set aside, and a new one begun";
    private static final String WHY_QEMUS = "a QEMU that no VM knows takes memory, and its disk is in use";
    private static final String WHY_SOCKETS = "they are replaced when they are needed, and mean nothing until then";
    private static final String WHY_DISKS = "a VM does not start without its disks";
    private static final int MOST_LISTED = 5;

    private final Host host;
    private final Places places;

    LeftoverChecks(Host host, Places places) {
        this.host = host;
        this.places = places;
    }

    List<Check> all() {
        return List.of(
                new Check("disks", WHY_DISKS, this::disks),
                new Check("damaged files", WHY_DAMAGED, () -> List.of(damagedFiles())),
                new Check("forgotten QEMUs", WHY_QEMUS, this::forgottenQemus),
                new Check("stale sockets", WHY_SOCKETS, () -> List.of(staleSockets())));
    }

    private List<Finding> disks() throws IOException {
        int seen = 0;
        List<Finding> findings = new ArrayList<>();
        for (Path vm : host.children(places.stateIfAny("vms"))) {
            for (Path disk : KeptVms.disks(host, vm)) {
                seen++;
                boolean isThere = host.facts(disk).isPresent();
                if (!isThere || !host.facts(disk).get().readable()) {
                    findings.add(Finding.warning(
                            "disks",
                            vm.getFileName() + "'s " + disk + (isThere ? " cannot be read by this user" : " is gone"),
                            WHY_DISKS,
                            "put it back, mount what it is on, or forget the VM: vmlan rm " + vm.getFileName()));
                }
            }
        }
        String found = seen == 0
                ? "no VM has one"
                : seen == 1 ? "the one of VMs is there" : "all " + seen + " of VMs are there";
        return findings.isEmpty() ? List.of(Finding.ok("disks", found, WHY_DISKS)) : findings;
    }

    private Finding damagedFiles() throws IOException {
        List<Path> damaged = new ArrayList<>();
        List<Path> folders = new ArrayList<>(List.of(places.stateIfAny()));
        folders.addAll(host.children(places.stateIfAny("networks")));
        folders.addAll(host.children(places.stateIfAny("vms")));
        for (Path folder : folders) {
            host.children(folder).stream()
                    .filter(file -> file.getFileName().toString().contains(".damaged-"))
                    .forEach(damaged::add);
        }
        return damaged.isEmpty()
                ? Finding.ok("damaged files", "none", WHY_DAMAGED)
                : Finding.note(
                        "damaged files", list(damaged), WHY_DAMAGED, "when you have seen them: rm " + words(damaged));
    }

    /// Those that were started with a pid file in our folder of VMs, for a VM that is not there any more.
    private List<Finding> forgottenQemus() throws IOException {
        Path vms = places.stateIfAny("vms");
        List<Finding> findings = new ArrayList<>();
        for (Map.Entry<Long, List<String>> process : host.processes().entrySet()) {
            List<String> words = process.getValue();
            int option = words.indexOf("-pidfile");
            // The shell that waits for a QEMU has the same words behind its own (QemuProcess).
            if (option < 0 || option + 1 >= words.size() || words.contains("vmlan-qemu")) {
                continue;
            }
            Path pidFile = Path.of(words.get(option + 1));
            boolean isOurs = pidFile.startsWith(vms) && pidFile.getParent() != null;
            if (isOurs && host.facts(pidFile.resolveSibling("vm.json")).isEmpty()) {
                findings.add(Finding.warning(
                        "forgotten QEMUs",
                        "process " + process.getKey() + " is a QEMU of a VM that was removed: "
                                + pidFile.getParent().getFileName(),
                        WHY_QEMUS,
                        "end it: kill " + process.getKey()));
            }
        }
        return findings.isEmpty() ? List.of(Finding.ok("forgotten QEMUs", "none", WHY_QEMUS)) : findings;
    }

    private Finding staleSockets() throws IOException {
        List<Path> stale = new ArrayList<>();
        for (Path folder : host.children(places.runIfAny())) {
            Path control = folder.resolve("control.sock");
            String name = folder.getFileName().toString();
            if (host.facts(control).isPresent() && !host.isServed(control)) {
                stale.add(control);
            } else if (name.startsWith("vm.")
                    && host.facts(places.stateIfAny("vms", name.substring("vm.".length())))
                            .isEmpty()) {
                stale.add(folder);
            }
        }
        return stale.isEmpty()
                ? Finding.ok("stale sockets", "none", WHY_SOCKETS)
                : Finding.note("stale sockets", list(stale), WHY_SOCKETS, "to tidy up: rm -r " + words(stale));
    }

    private static String list(List<Path> files) {
        List<String> first =
                files.stream().limit(MOST_LISTED).map(Path::toString).toList();
        return String.join(", ", first)
                + (files.size() > MOST_LISTED ? " and " + (files.size() - MOST_LISTED) + " more" : "");
    }

    private static String words(List<Path> files) {
        return ShellWords.join(files.stream().map(Path::toString).toList());
    }
}
