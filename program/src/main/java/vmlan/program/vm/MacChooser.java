package vmlan.program.vm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import vmlan.packet.MacAddress;
import vmlan.program.files.Fields;
import vmlan.program.files.Places;
import vmlan.program.files.StateFile;
import vmlan.program.message.Failure;

/// The MACs of VMs: `52:54:00`, as QEMU's own, and a keyed hash of network, VM and NIC number. The same VM
/// has the same MAC for ever; two installations on one LAN have different ones, because each has a key of its
/// own.
public final class MacChooser {
    private final byte[] key;

    private MacChooser(byte[] key) {
        this.key = key;
    }

    /// Reads the installation's key; makes it the first time. The caller holds the VM store's lock.
    public static MacChooser ofInstallation(Places places, Consumer<String> report) throws Failure {
        StateFile file = new StateFile(places.state().resolve("installation.json"));
        try {
            Optional<String> known = file.read(report)
                    .flatMap(content -> new Fields(content).optionalText("key"))
                    .filter(text -> text.matches("[0-9a-f]{32}"));
            if (known.isPresent()) {
                return new MacChooser(HexFormat.of().parseHex(known.get()));
            }
            byte[] key = new byte[16];
            new SecureRandom().nextBytes(key);
            file.write(Map.of("key", HexFormat.of().formatHex(key)));
            return new MacChooser(key);
        } catch (IOException e) {
            throw Failure.world(
                    "cannot keep the installation's key in " + file.path() + ": " + Places.reason(e),
                    "make the folder writable for you",
                    e);
        }
    }

    static MacChooser ofKey(byte[] key) {
        return new MacChooser(key);
    }

    /// @param taken MACs of others, as text; the next free one is taken instead
    MacAddress choose(String network, String vm, int nic, Set<String> taken) {
        byte[] hash;
        try {
            Mac hmac = Mac.getInstance("HmacSHA256");
            hmac.init(new SecretKeySpec(key, "HmacSHA256"));
            hash = hmac.doFinal((network + "/" + vm + "/" + nic).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has HmacSHA256", e);
        }
        int low = (hash[0] & 255) << 16 | (hash[1] & 255) << 8 | (hash[2] & 255);
        while (true) {
            MacAddress mac = new MacAddress(0x5254_0000_0000L | low);
            if (!taken.contains(mac.toString())) {
                return mac;
            }
            low = low + 1 & 0xff_ffff;
        }
    }
}
