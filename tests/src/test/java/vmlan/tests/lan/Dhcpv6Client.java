package vmlan.tests.lan;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;
import vmlan.tests.real.Installation;

/// A real DHCPv6 client for the demo guest, which has none: ISC's dhclient of the distribution, with the C library of
/// this machine, as a second archive behind the guest's own (the kernel unpacks one after the other, Linux
/// Documentation/driver-api/early-userspace/buffer-format.rst).
final class Dhcpv6Client {
    /// Ends when there is an address, which its script has put on the NIC and printed as "dhcpv6 ADDRESS".
    static final String COMMAND = "/bin/dhclient6 -6 -1 -cf /dev/null -lf /tmp/dhclient6.leases"
            + " -pf /tmp/dhclient6.pid -sf /etc/dhclient6";

    private static final String PACKAGE = "isc-dhcp-client";
    private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

    private static final String SCRIPT = """
            #!/bin/sh
            export PATH=/bin:/sbin:/usr/bin:/usr/sbin
            case $reason in
            BOUND6 | RENEW6 | REBIND6)
                ip -6 addr add "$new_ip6_address/128" dev "$interface"
                echo "dhcpv6 $new_ip6_address"
                ;;
            esac
            exit 0
            """;

    private Dhcpv6Client() {}

    /// The demo guest's initrd with the client behind it, in `folder`.
    static Path initrd(Path demo, Path folder) throws IOException, InterruptedException {
        byte[] archive = archive(client());
        Path combined = folder.resolve("initrd");
        Files.copy(demo, combined, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel out = FileChannel.open(combined, StandardOpenOption.WRITE)) {
            // an archive begins at a multiple of four
            out.position((out.size() + 3) & ~3L);
            out.write(java.nio.ByteBuffer.wrap(archive));
        }
        return combined;
    }

    /// Fetched without being installed: a client that the system would start is not wanted here.
    private static Path client() throws IOException, InterruptedException {
        Path folder = Installation.testCache().resolve(PACKAGE);
        Path program = folder.resolve("dhclient");
        if (!Files.exists(program)) {
            Path work = Files.createTempDirectory("vmlan-dhcpv6");
            String fetch = "cd " + work + " && apt-get -q download " + PACKAGE;
            if (Words.of("sh", "-c", fetch).run().exitCode() != 0) {
                // a container's image comes without lists
                Words.of("apt-get", "-q", "update").good();
                Words.of("sh", "-c", fetch).good();
            }
            Words.of("sh", "-c", "dpkg-deb -x " + work + "/*.deb " + work).good();
            Files.createDirectories(folder);
            Path unpacked = Files.exists(work.resolve("sbin/dhclient"))
                    ? work.resolve("sbin/dhclient")
                    : work.resolve("usr/sbin/dhclient");
            Files.move(unpacked, program, StandardCopyOption.REPLACE_EXISTING);
            Words.of("rm", "-rf", work.toString()).good();
        }
        return program;
    }

    private static byte[] archive(Path program) throws IOException, InterruptedException {
        var bytes = new ByteArrayOutputStream();
        try (var cpio = new CpioArchiveOutputStream(bytes)) {
            add(cpio, "bin/dhclient6", CpioConstants.C_ISREG | 0755, Files.readAllBytes(program));
            add(cpio, "etc/dhclient6", CpioConstants.C_ISREG | 0755, SCRIPT.getBytes(StandardCharsets.UTF_8));
            List<String> libraries = libraries(program);
            for (String folder : libraries.stream()
                    .flatMap(Dhcpv6Client::foldersOf)
                    .distinct()
                    .sorted()
                    .toList()) {
                add(cpio, folder, CpioConstants.C_ISDIR | 0755, new byte[0]);
            }
            for (String library : libraries) {
                byte[] content = Files.readAllBytes(Path.of(library));
                add(cpio, library.substring(1), CpioConstants.C_ISREG | 0755, content);
            }
        }
        return bytes.toByteArray();
    }

    /// ldd(1): where the loader finds each, the loader itself included.
    private static List<String> libraries(Path program) throws IOException, InterruptedException {
        return LIBRARY.matcher(Words.of("ldd", program.toString()).good())
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static Stream<String> foldersOf(String file) {
        Matcher slash = Pattern.compile("/").matcher(file.substring(1));
        return slash.results().map(match -> file.substring(1, match.start() + 1));
    }

    private static void add(CpioArchiveOutputStream cpio, String name, int mode, byte[] content) throws IOException {
        var entry = new CpioArchiveEntry(name, content.length);
        entry.setMode(mode);
        cpio.putArchiveEntry(entry);
        cpio.write(content);
        cpio.closeArchiveEntry();
    }
}
