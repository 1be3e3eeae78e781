package vmlan.program.serve;

import java.nio.file.Path;
import java.util.List;
import vmlan.program.config.NetworkName;

/// Where networks look for an installed socket_vmnet, for who only wants to know whether there is one.
public final class SocketVmnets {
    private SocketVmnets() {}

    private static List<Path> of(String network) {
        return NetworkName.builtIn(network).map(NetworkRights::sockets).orElse(List.of());
    }

    public static List<Path> shared() {
        return of(NetworkName.VMNET_SHARED);
    }

    public static List<Path> bridged(String nic) {
        return of(NetworkName.bridgedTo(nic));
    }
}
