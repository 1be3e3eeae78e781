package vmlan.program.serve;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import vmlan.program.config.NetworksFile;
import vmlan.program.config.NetworksFileChange;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// `network rm`: ends a network's process, takes it out of networks.yaml and forgets what it had. One that is built in
/// begins anew at its next start.
///
/// Whatever ends it midway, the same command again goes on: what says that there is such a network goes last. The
/// files that are locked stay, for whoever waits for a lock would else get that of a file that is gone.
public final class NetworkRemoval {
    private static final String SETTINGS = "network.json";
    private static final Set<String> LOCKS = Set.of("start.lock", "lock");

    private final Places places;
    private final Networks networks;

    public NetworkRemoval(Places places, Networks networks) {
        this.places = places;
        this.networks = networks;
    }

    /// @return whether there was anything to forget
    /// @throws Failure there is no such network, VMs are on it, or networks.yaml has mistakes
    public boolean remove(String name) throws Failure {
        NetworksFile file = new NetworksFile(places);
        NetworksFile.Content content = file.read();
        if (content.isUnclear(name)) {
            throw file.failure(content);
        }
        if (content.block(name).isEmpty()) {
            networks.known(name);
        }
        Path folder = places.stateIfAny("networks", name);
        boolean ran = false;
        if (Files.isDirectory(folder)) {
            try (FileLock lock = FileLock.take(folder.resolve("start.lock"))) {
                refuseWhileUsed(name, "");
                networks.stop(name, false);
                // A VM may have come between the two.
                refuseWhileUsed(name, "; the network was stopped meanwhile: vmlan network start " + name);
                List<Path> found = found(folder);
                ran = !found.isEmpty();
                boolean isInFile = content.block(name).isPresent();
                if (isInFile) {
                    new NetworksFileChange(places).checkRemoval(name);
                }
                delete(found.stream()
                        .filter(entry -> !entry.getFileName().toString().equals(SETTINGS))
                        .toList());
                deleteSockets(name);
                if (isInFile) {
                    new NetworksFileChange(places).remove(name);
                }
                delete(found);
            } catch (IOException e) {
                throw Failure.world(
                        "what the network '" + name + "' had cannot be removed: " + Places.reason(e),
                        "check the folder " + folder,
                        e);
            }
        } else if (content.block(name).isPresent()) {
            new NetworksFileChange(places).remove(name);
        }
        return ran || content.block(name).isPresent();
    }

    private void refuseWhileUsed(String name, String more) throws Failure, IOException {
        List<String> vms = new NetworkUsers(places, networks).of(name);
        if (!vms.isEmpty()) {
            throw Failure.usage(
                    "the network '" + name + "' has VMs that run: " + String.join(", ", vms),
                    "stop them first: vmlan stop " + vms.getFirst() + more);
        }
    }

    private static List<Path> found(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !LOCKS.contains(entry.getFileName().toString()))
                    .toList();
        }
    }

    private static void delete(List<Path> entries) throws IOException {
        for (Path entry : entries) {
            if (Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
                List<Path> all;
                try (Stream<Path> walk = Files.walk(entry)) {
                    all = walk.sorted(Comparator.reverseOrder()).toList();
                }
                for (Path each : all) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }

    private void deleteSockets(String name) throws IOException, Failure {
        try {
            Files.deleteIfExists(places.socket(name, "control.sock"));
            Path socket = places.socket(name, "qemu.sock");
            Files.deleteIfExists(socket);
            if (socket.getParent().getFileName().toString().equals(name)) {
                Files.deleteIfExists(socket.getParent());
            }
        } catch (DirectoryNotEmptyException e) {
            // Somebody else's file lies there.
        }
    }
}
