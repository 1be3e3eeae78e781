package vmlan.qemu.seed;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What cloud-init is told of a VM. Read cloud-init's pages on NoCloud and on its formats of user data first.
///
/// Keys go into the metadata, as from a cloud, and not into the user data: so these stay as they are, whatever their
/// format is, and cloud-init gives the keys to the image's own first user.
///
/// @param userData as the user wrote it; null: none
/// @param sshKeys public ones, a line each
public record Seed(String userData, List<String> sshKeys) {
    public Seed {
        sshKeys = List.copyOf(sshKeys);
    }

    /// Writes the image; readable for its owner only, since user data may hold passwords.
    ///
    /// @param macs of the VM's NICs, in order
    public void write(Path image, String name, List<String> macs) throws IOException {
        SeedImage.write(image, files(name, macs));
    }

    Map<String, byte[]> files(String name, List<String> macs) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("instance-id", instanceId(name));
        metadata.put("local-hostname", name);
        if (!sshKeys.isEmpty()) {
            metadata.put("public-keys", sshKeys);
        }
        // JSON is YAML
        files.put("meta-data", JSON.std.asBytes(metadata));
        // NoCloud wants the file, and takes an empty one for none.
        files.put("user-data", (userData == null ? "" : userData).getBytes(StandardCharsets.UTF_8));
        if (macs.size() > 1) {
            files.put("network-config", JSON.std.asBytes(networkConfiguration(macs)));
        }
        return files;
    }

    /// cloud-init does once what it does for an instance. Another seed makes another one, and another name too, as
    /// the disk of a VM that was copied has to become a machine of its own.
    String instanceId(String name) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            List<String> parts = new ArrayList<>(List.of(name, userData == null ? "" : userData));
            parts.addAll(sshKeys);
            for (String part : parts) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return name + "-" + HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /// Left to itself cloud-init asks for an address on one NIC, and leaves the others down.
    private static Map<String, Object> networkConfiguration(List<String> macs) {
        Map<String, Object> nics = new LinkedHashMap<>();
        for (String mac : macs) {
            nics.put("nic" + nics.size(), Map.of("match", Map.of("macaddress", mac), "dhcp4", true));
        }
        return Map.of("version", 2, "ethernets", nics);
    }
}
