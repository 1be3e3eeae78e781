package vmlan.program.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.ShellWords;

/// The folders that vmlan writes in: whose they are, whether they can be written, and how much goes into them.
final class FolderChecks {
    static final String WHY = "VMs, leases and keys are kept there; files are locked, and renamed when whole";
    private static final String WHY_RUN = "sockets lie there, and whoever may enter could be a VM's network";
    private static final String WHY_PATHS = "the path of a socket has 103 bytes at most";
    private static final String WHY_SPACE = "state is written before anything starts; a guest whose disk is full stops";

    private static final long MIB = 1 << 20;
    /// Logs of a VM and a network take some MiB; the demo guest takes ten.
    private static final long TOO_LITTLE = 16 * MIB;
    private static final long LITTLE = 512 * MIB;
    /// File systems of others, on which sockets are not sockets or locks are not locks between hosts.
    private static final Set<String> FOREIGN = Set.of("9p", "cifs", "smb3", "smbfs", "vboxsf", "fuse.sshfs", "drvfs");
    /// What a VM's name may have (RFC 1035 §2.3.4).
    private static final int LONGEST_NAME = 63;

    private final Host host;
    private final Places places;

    FolderChecks(Host host, Places places) {
        this.host = host;
        this.places = places;
    }

    List<Check> all() {
        return List.of(
                new Check("folders", WHY, this::folders),
                new Check("run folder", WHY_RUN, () -> List.of(runFolder())),
                new Check("socket paths", WHY_PATHS, () -> List.of(socketPaths())),
                new Check("disk space", WHY_SPACE, this::space));
    }

    private List<Finding> folders() throws Failure {
        List<Finding> findings = new ArrayList<>();
        findings.add(folder("state", places.stateIfAny(), State.PROBLEM));
        findings.add(folder("cache", places.cacheIfAny(), State.PROBLEM));
        findings.add(folder("configuration", places.config(), State.NOTE));
        return findings;
    }

    private Finding folder(String what, Path folder, State state) throws Failure {
        String name = what + " folder";
        try {
            Path there = existing(folder);
            FileFacts facts = followed(there);
            if (!facts.isFolder()) {
                return new Finding(
                        name,
                        state,
                        there + " is no folder",
                        WHY,
                        "move it away: mv " + word(there) + " " + word(there) + ".old");
            }
            if (!there.equals(folder)) {
                return facts.writable()
                        ? Finding.ok(name, folder + ", made when it is needed", WHY)
                        : new Finding(name, state, folder + " cannot be made in " + there, WHY, ownership(there));
            }
            if (!facts.writable()) {
                return new Finding(name, state, folder + " cannot be written by this user", WHY, ownership(folder));
            }
            if (!what.equals("configuration")) {
                host.tryOut(folder);
            }
            Optional<Finding> foreign = what.equals("state") ? foreignFiles(name, folder) : Optional.empty();
            return foreign.orElse(Finding.ok(name, folder.toString(), WHY));
        } catch (IOException e) {
            return new Finding(
                    name,
                    state,
                    folder + ": " + Places.reason(e),
                    WHY,
                    "make room there, or set VMLAN_HOME to a folder that works");
        }
    }

    /// The folder, or the nearest one above it that there is.
    private Path existing(Path folder) throws IOException {
        Path there = folder;
        while (host.facts(there).isEmpty() && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }

    /// Of what a link leads to: state may well be on another disk.
    private FileFacts followed(Path path) throws IOException {
        Optional<FileFacts> facts = host.facts(path);
        if (facts.isPresent() && facts.get().kind() == FileFacts.Kind.LINK) {
            Path real = host.realPath(path);
            return host.facts(real).orElseThrow(() -> new IOException("the link " + path + " leads nowhere"));
        }
        return facts.orElseThrow(() -> new IOException("there is no " + path));
    }

    /// What is below the home folder may be made the user's own; the rest of the system may not.
    private String ownership(Path folder) {
        String home = host.environment().getOrDefault("HOME", "");
        return home.startsWith("/") && folder.startsWith(home)
                ? "make it yours: sudo chown " + host.property("user.name") + " " + word(folder)
                        + ", or set VMLAN_HOME to a folder of yours"
                : "set VMLAN_HOME to a folder of yours";
    }

    /// Left by a start as root with this user's folders: what it made cannot be written any more.
    private Optional<Finding> foreignFiles(String name, Path folder) throws IOException, Failure {
        List<Path> foreign = new ArrayList<>();
        for (Path child : host.children(folder)) {
            List<Path> files = new ArrayList<>(List.of(child));
            for (Path grandchild : host.children(child)) {
                files.add(grandchild);
                files.addAll(host.children(grandchild));
            }
            for (Path file : files) {
                Optional<FileFacts> facts = host.facts(file);
                if (facts.isPresent() && facts.get().uid() != host.uid()) {
                    foreign.add(file);
                }
            }
        }
        return foreign.isEmpty()
                ? Optional.empty()
                : Optional.of(Finding.warning(
                        name,
                        foreign.size() + (foreign.size() == 1 ? " file in it is" : " files in it are")
                                + " somebody else's, such as " + foreign.getFirst(),
                        WHY,
                        "make them yours: sudo chown -R " + host.property("user.name") + " " + word(folder)));
    }

    private static String word(Path path) {
        return ShellWords.join(List.of(path.toString()));
    }

    private Finding runFolder() throws IOException, Failure {
        Path run = places.runIfAny();
        String runtime = host.environment().getOrDefault("XDG_RUNTIME_DIR", "");
        String aside = runtime.startsWith("/")
                        && !run.startsWith(runtime)
                        && !host.environment().containsKey("VMLAN_HOME")
                ? ", since XDG_RUNTIME_DIR (" + runtime + ") is another user's"
                : "";
        Optional<FileFacts> facts = host.facts(run);
        if (facts.isEmpty()) {
            Path there = existing(run);
            return followed(there).writable()
                    ? Finding.ok("run folder", run + ", made when it is needed" + aside, WHY_RUN)
                    : Finding.problem(
                            "run folder",
                            run + " cannot be made in " + there,
                            WHY_RUN,
                            "set XDG_RUNTIME_DIR or TMPDIR to a folder of yours, or VMLAN_HOME");
        }
        if (facts.get().kind() == FileFacts.Kind.LINK || facts.get().uid() != host.uid()) {
            String what = facts.get().kind() == FileFacts.Kind.LINK ? " is a link" : " belongs to somebody else";
            return Finding.problem(
                    "run folder",
                    run + what,
                    WHY_RUN,
                    "remove it (sudo rm -r " + word(run) + "), or set VMLAN_HOME to a folder of yours");
        }
        if (FOREIGN.contains(host.space(run).type())) {
            return Finding.warning(
                    "run folder",
                    run + " is on " + host.space(run).type(),
                    "sockets cannot be made on every file system",
                    "set TMPDIR to a folder of this host's own disk");
        }
        return Finding.ok("run folder", run + aside, WHY_RUN);
    }

    private Finding socketPaths() throws IOException, Failure {
        int longest = 0;
        for (int length = 1; length <= LONGEST_NAME; length++) {
            Path socket = places.socketIfAny("vm." + "v".repeat(length), "qmp-network.sock");
            longest = socket.startsWith(places.runIfAny()) ? length : longest;
        }
        boolean networks = places.socketIfAny("shared", "control.sock").startsWith(places.runIfAny());
        if (networks && longest == LONGEST_NAME) {
            return Finding.ok("socket paths", "short enough for every name", WHY_PATHS);
        }
        Path shorter = places.shortRunIfAny();
        Optional<FileFacts> facts = host.facts(shorter);
        if (facts.isPresent() && (!facts.get().isFolder() || facts.get().uid() != host.uid())) {
            return Finding.problem(
                    "socket paths",
                    "too long in " + places.runIfAny() + ", and " + shorter + " is not yours",
                    WHY_PATHS,
                    "take a shorter TMPDIR, or: sudo rm -r " + word(shorter));
        }
        int bytes = places.runIfAny().toString().getBytes(StandardCharsets.UTF_8).length;
        return Finding.ok(
                "socket paths",
                "the run folder has " + bytes + " bytes, so sockets are in " + shorter
                        + (longest > 0 ? " for names of more than " + longest + " letters" : ""),
                WHY_PATHS);
    }

    private List<Finding> space() throws IOException {
        Map<Path, String> folders = new LinkedHashMap<>();
        folders.put(places.stateIfAny(), "state");
        folders.put(places.cacheIfAny(), "cache");
        String temporary = host.environment().getOrDefault("TMPDIR", "");
        folders.put(Path.of(temporary.startsWith("/") ? temporary : "/tmp"), "temporary files");
        for (Path vm : host.children(places.stateIfAny("vms"))) {
            for (Path disk : KeptVms.disks(host, vm)) {
                folders.putIfAbsent(disk.getParent(), "the disk of " + vm.getFileName());
            }
        }
        List<String> good = new ArrayList<>();
        List<Finding> bad = new ArrayList<>();
        for (Map.Entry<Path, String> entry : folders.entrySet()) {
            long free = host.space(entry.getKey()).freeBytes();
            String found = free / MIB + " MiB for " + entry.getValue();
            if (free >= LITTLE) {
                good.add(found);
                continue;
            }
            boolean keeps = free < TOO_LITTLE && !entry.getValue().startsWith("the disk");
            bad.add(new Finding(
                    "disk space",
                    keeps ? State.PROBLEM : State.WARNING,
                    found + " in " + entry.getKey(),
                    WHY_SPACE,
                    "make room there; see what takes it: du -xh " + word(entry.getKey()) + " | sort -h | tail"));
        }
        return bad.isEmpty() ? List.of(Finding.ok("disk space", String.join(", ", good), WHY_SPACE)) : bad;
    }
}
