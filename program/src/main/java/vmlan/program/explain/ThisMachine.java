package vmlan.program.explain;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import vmlan.program.message.Failure;
import vmlan.program.serve.HostNics;
import vmlan.qemu.language.Surroundings;
import vmlan.qemu.tool.Programs;

/// The machine that this runs on, looked at when a command line asks for it, and not touched.
public final class ThisMachine implements Surroundings {
    /// sys/un.h of Linux and of macOS: sun_path, less the zero.
    private static final int LONGEST_ON_LINUX = 107;

    private static final int LONGEST_ON_MACOS = 103;
    /// include/uapi/asm-generic/fcntl.h: O_CLOEXEC, as /proc/self/fdinfo shows it.
    private static final long CLOSED_ON_EXEC = 0_2000000;

    private static final String DENIED = "Permission denied";
    /// A file of -readconfig has some hundred bytes.
    private static final int MOST_BYTES = 1 << 20;

    private final boolean mac = HostSystem.current() == HostSystem.MACOS;
    private final OwnRights rights;
    private final Set<String> passing;
    private List<String> nics;

    /// As QEMU finds it that the user of this process starts.
    public ThisMachine() {
        this(false);
    }

    /// @param asRoot whether QEMU is started by root in place of this user
    public ThisMachine(boolean asRoot) {
        this(asRoot, Set.of());
    }

    private ThisMachine(boolean asRoot, Set<String> passing) {
        rights = new OwnRights(asRoot);
        this.passing = passing;
    }

    /// As it will be when a VM has ended that is to be started anew: which ports and taps that are taken are the VM's
    /// cannot be told, so none is in the way.
    public static ThisMachine withoutOneVm() {
        return new ThisMachine(false, Set.of("Address already in use", "Device or resource busy"));
    }

    @Override
    public boolean exists(Path file) {
        return Files.exists(file);
    }

    @Override
    public boolean listens(Path socket) {
        return OwnSockets.listens(socket);
    }

    /// What Java has opened for itself is not what the user hands on: its files stay open without a mark that says so.
    @Override
    public boolean isOpen(int descriptor) {
        if (descriptor < 0) {
            return false;
        }
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + descriptor))) {
                if (line.startsWith("flags:")) {
                    long flags =
                            Long.parseLong(line.substring("flags:".length()).strip(), 8);
                    return (flags & CLOSED_ON_EXEC) == 0
                            && !isJavas(Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)));
                }
            }
            return false;
        } catch (IOException e) {
            return mac && Files.exists(Path.of("/dev/fd/" + descriptor), LinkOption.NOFOLLOW_LINKS);
        }
    }

    @Override
    public Descriptor descriptor(int descriptor) {
        if (!isOpen(descriptor)) {
            return Descriptor.CLOSED;
        }
        try {
            String link = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            if (link.startsWith("socket:")) {
                return OwnSockets.kind(link);
            }
            // macvtap's are /dev/tapN
            boolean tap = link.equals("/dev/net/tun") || link.matches("/dev/tap\\d+");
            return tap ? Descriptor.TAP : link.startsWith("/dev/") ? Descriptor.DEVICE : Descriptor.OTHER;
        } catch (IOException e) {
            return Descriptor.DEVICE;
        }
    }

    private static boolean isJavas(Path file) {
        String name = file.toString();
        return file.startsWith(System.getProperty("java.home"))
                || name.endsWith(".jar")
                || name.endsWith(".aot")
                || name.matches("/dev/u?random");
    }

    @Override
    public synchronized List<String> bridgeableNics() {
        if (nics == null) {
            nics = nicsOfHost();
        }
        return nics;
    }

    private static List<String> nicsOfHost() {
        try {
            return HostNics.bridgeable().stream().map(HostNics.HostNic::name).toList();
        } catch (Failure e) {
            return nicsByJava();
        }
    }

    /// Near to what vmnet_copy_shared_interface_list says on a Mac, which only vmnet.framework knows. Not run on a Mac.
    private static List<String> nicsByJava() {
        List<String> names = new ArrayList<>();
        try {
            for (NetworkInterface nic : NetworkInterface.networkInterfaces().toList()) {
                if (!nic.isLoopback() && !nic.isPointToPoint() && nic.getHardwareAddress() != null) {
                    names.add(nic.getName());
                }
            }
        } catch (SocketException e) {
            // none that could be named
        }
        return names.stream().sorted(Comparator.naturalOrder()).toList();
    }

    @Override
    public boolean isUnreadable(Path file) {
        try {
            return Files.exists(file)
                    && !Files.isDirectory(file)
                    && (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public Optional<String> usualNic() {
        try {
            return Optional.of(HostNics.ofDefaultRoute());
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<String> text(Path file) {
        try {
            // as QEMU reads it: bytes, of which those of names and values may be any
            return Files.isRegularFile(file) && Files.size(file) <= MOST_BYTES
                    ? Optional.of(Files.readString(file, StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean isFolder(Path file) {
        return Files.isDirectory(file);
    }

    @Override
    public Optional<String> whyNotConnect(String address, int port) {
        return OwnSockets.whyNotConnect(address, port);
    }

    @Override
    public Optional<String> whyNotJoin(String group, String local) {
        return OwnSockets.whyNotJoin(group, local);
    }

    @Override
    public Optional<String> whyNotBind(Transport transport, String address, int port) {
        return OwnSockets.whyNotBind(transport, address, port)
                .filter(why -> !isForUsersOnly(why) && !passing.contains(why));
    }

    private boolean isForUsersOnly(String why) {
        return rights.asRoot() && why.equals(DENIED);
    }

    @Override
    public Optional<String> whyNotOpen(Path file) {
        if (Files.isDirectory(file)) {
            return Optional.of("Is a directory");
        }
        return whyNot(file, Files.isReadable(file) && Files.isWritable(file));
    }

    @Override
    public Optional<String> whyNotEnter(Path folder) {
        return Files.exists(folder) && !Files.isDirectory(folder)
                ? Optional.of("Not a directory")
                : whyNot(folder, Files.isReadable(folder) && Files.isExecutable(folder));
    }

    @Override
    public Optional<String> whyNotMakeIn(Path folder) {
        return Files.exists(folder) && !Files.isDirectory(folder)
                ? Optional.of("Not a directory")
                : whyNot(folder, Files.isWritable(folder) && Files.isExecutable(folder));
    }

    private Optional<String> whyNot(Path file, boolean mayBe) {
        if (!Files.exists(file)) {
            return Optional.of("No such file or directory");
        }
        return mayBe || rights.asRoot() ? Optional.empty() : Optional.of(DENIED);
    }

    @Override
    public Optional<String> whyNoTap(String name) {
        return mac ? Optional.empty() : rights.whyNoTap(name).filter(why -> !passing.contains(why));
    }

    @Override
    public Optional<String> whyNoBridge(String bridge) {
        return mac ? Optional.empty() : rights.whyNoBridge(bridge);
    }

    @Override
    public Optional<String> whyNoRawSocket() {
        return mac ? Optional.empty() : rights.whyNoRawSocket();
    }

    @Override
    public boolean hasInterface(String name) {
        try {
            return NetworkInterface.getByName(name) != null;
        } catch (SocketException | IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public Optional<String> resolve(String host) {
        return OwnSockets.resolve(host);
    }

    @Override
    public boolean isProgram(String name) {
        return name.contains("/")
                ? Programs.isProgram(Path.of(name))
                : Programs.find(name, System.getenv(), List.of()).isPresent();
    }

    @Override
    public boolean isMac() {
        return mac;
    }

    @Override
    public int longestSocketPath() {
        return longestSocketPath(HostSystem.current());
    }

    static int longestSocketPath(HostSystem system) {
        return system == HostSystem.MACOS ? LONGEST_ON_MACOS : LONGEST_ON_LINUX;
    }
}
