package vmlan.qemu.seed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.qemu.QemuException;
import vmlan.qemu.tool.SystemWords;

/// The two files that a user may give for a seed, each found good before anything is started.
public final class SshKeys {
    /// RFC 4253 §6.6 and OpenSSH's: name, base64, comment.
    private static final Pattern LINE = Pattern.compile(
            "((?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]{1,60}) ([A-Za-z0-9+/]{16,16384}={0,2})(?: .*)?");

    private static final int MOST_BYTES = 256 << 10;

    private SshKeys() {}

    /// The keys of a file in OpenSSH's form, a line each.
    public static List<String> read(Path file) throws QemuException {
        String text = text(file, "SSH key");
        if (text.contains("PRIVATE KEY-----")) {
            throw QemuException.configuration(
                    file + " is a private key, which must not leave this host",
                    "give the public one: --ssh-key " + file + ".pub");
        }
        List<String> keys = new ArrayList<>();
        for (String line : text.lines().map(String::strip).toList()) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (!isKey(line)) {
                throw QemuException.configuration(
                        file + " has a line that is no public SSH key: "
                                + line.substring(0, Math.min(line.length(), 40)),
                        "give a file such as ~/.ssh/id_ed25519.pub; ssh-keygen makes one");
            }
            keys.add(line);
        }
        if (keys.isEmpty()) {
            throw QemuException.configuration(file + " has no SSH key", "give a file such as ~/.ssh/id_ed25519.pub");
        }
        return keys;
    }

    /// The name stands within the base64, too, behind its length (RFC 4251 §5).
    private static boolean isKey(String line) {
        Matcher match = LINE.matcher(line);
        if (!match.matches()) {
            return false;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(match.group(2)));
            byte[] name = match.group(1).getBytes(StandardCharsets.US_ASCII);
            return bytes.remaining() > 4 + name.length
                    && bytes.getInt() == name.length
                    && bytes.slice(4, name.length).equals(ByteBuffer.wrap(name));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// A text that the user gave, of a size that a seed is made for.
    static String text(Path file, String what) throws QemuException {
        try {
            if (Files.isDirectory(file)) {
                throw QemuException.configuration(file + " is a folder, and no " + what, "name a file");
            }
            if (Files.size(file) > MOST_BYTES) {
                throw QemuException.configuration(
                        file + " is too big for " + what + ": " + Files.size(file) / 1024 + " KiB",
                        "take " + MOST_BYTES / 1024 + " KiB at most");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw QemuException.configuration("there is no file " + file, "check the path");
        } catch (CharacterCodingException e) {
            throw QemuException.configuration(file + " is no text", "give " + what + " as text, not compressed");
        } catch (IOException e) {
            throw QemuException.configuration(
                    "cannot read " + file + ": " + SystemWords.of(e), "check its permissions");
        }
    }
}
