package vmlan.program.hostdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// What is written, in a folder that stands for `/`.
class HostDnsTest {
    private static final String MARK = "# Made by vmlan dns install; vmlan dns remove takes it away.\n";
    private static final Map<HostResolver, String> CONTENTS = Map.of(
            HostResolver.DELEGATE, "[Delegate]\nDNS=127.0.0.1:PORT\nDomains=vmlan.internal\n",
            HostResolver.RESOLVED, "[Resolve]\nDNS=127.0.0.1:PORT\nDomains=~vmlan.internal\n",
            HostResolver.NETWORKMANAGER, "server=/vmlan.internal/127.0.0.1#PORT\n",
            HostResolver.MACOS, "nameserver 127.0.0.1\nport PORT\n");

    @TempDir
    Path folder;

    private Path root;
    private Places places;

    @BeforeEach
    void aHost() throws Exception {
        root = Files.createDirectories(folder.resolve("a root"));
        places = Places.in(folder.resolve("home"));
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }

    private void make(HostResolver resolver) throws IOException {
        switch (resolver) {
            case DELEGATE, RESOLVED -> {
                Files.createDirectories(root.resolve("etc/systemd"));
                write("run/systemd/resolve/resolv.conf", "");
                write("etc/resolv.conf", "# stub\nnameserver 127.0.0.53\n");
            }
            case NETWORKMANAGER -> {
                Files.createDirectories(root.resolve("run/NetworkManager"));
                write("etc/NetworkManager/conf.d/dns.conf", "[main]\ndns=dnsmasq\n");
            }
            case MACOS -> Files.createDirectories(root.resolve("etc"));
        }
    }

    private HostDns dns(HostResolver resolver) {
        String launcher =
                Path.of("").toAbsolutePath().getParent().resolve("vmlan").toString();
        return new HostDns(
                places,
                root,
                launcher,
                resolver == HostResolver.MACOS,
                () -> resolver == HostResolver.DELEGATE ? 258 : 252,
                false);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.sorted().toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneFileIsWrittenAndTakenBack(HostResolver resolver) throws Exception {
        make(resolver);
        List<Path> before = files();
        HostDns dns = dns(resolver);
        HostDnsSettings settings = dns.install();
        assertThat(settings.resolver()).isEqualTo(resolver);
        assertThat(Files.readString(resolver.file(root)))
                .startsWith(MARK)
                .endsWith(CONTENTS.get(resolver).replace("PORT", Integer.toString(settings.port())));
        assertThat(dns.status().isThere()).isTrue();
        assertThat(dns.install()).as("once more").isEqualTo(settings);
        assertThat(dns.remove()).isTrue();
        assertThat(files()).isEqualTo(before);
        assertThat(dns.status().installed()).isEmpty();
        assertThat(dns.remove()).isFalse();
    }

    @Test
    void aFolderThatWasThereStays() throws Exception {
        make(HostResolver.RESOLVED);
        Files.createDirectories(root.resolve("etc/systemd/resolved.conf.d"));
        List<Path> before = files();
        HostDns dns = dns(HostResolver.RESOLVED);
        dns.install();
        dns.remove();
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void somebodyElsesFileIsLeftAlone() throws Exception {
        make(HostResolver.RESOLVED);
        write("etc/systemd/resolved.conf.d/vmlan.conf", "[Resolve]\nDNS=9.9.9.9\n");
        assertThatThrownBy(() -> dns(HostResolver.RESOLVED).install())
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.exitCode()).isEqualTo(Failure.USAGE);
                    assertThat(failure.what()).contains("is there already");
                });
        new HostDnsSettings(HostResolver.RESOLVED, 5391).write(places);
        assertThatThrownBy(() -> dns(HostResolver.RESOLVED).remove()).isInstanceOf(Failure.class);
        assertThat(Files.readString(HostResolver.RESOLVED.file(root))).contains("9.9.9.9");
    }

    @Test
    void serversForAllNamesAreNotMadeOneOfTwo() throws Exception {
        make(HostResolver.RESOLVED);
        write("etc/systemd/resolved.conf", "[Resolve]\n#DNS=\nDNS = \n");
        dns(HostResolver.RESOLVED).install();
        dns(HostResolver.RESOLVED).remove();
        write("etc/systemd/resolved.conf.d/mine.conf", "[Resolve]\nDNS=192.0.2.53\n");
        assertThatThrownBy(() -> dns(HostResolver.RESOLVED).install())
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.what()).contains("mine.conf"));
        assertThat(HostResolver.RESOLVED.file(root)).doesNotExist();
    }

    @Test
    void aHostWithoutAnybodyWhoKnowsDomainsIsToldSo() throws Exception {
        write("etc/resolv.conf", "nameserver 192.0.2.1\n");
        write("run/systemd/resolve/resolv.conf", "");
        assertThatThrownBy(() -> dns(HostResolver.RESOLVED).install())
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.remedy()).contains("vmlan ssh-config"));
        assertThat(HostResolver.of(root, false, () -> 252)).isEmpty();
        write("etc/nsswitch.conf", "hosts: files resolve [!UNAVAIL=return] dns\n");
        assertThat(HostResolver.of(root, false, () -> 252)).contains(HostResolver.RESOLVED);
        assertThat(HostResolver.of(root, false, () -> 245))
                .as("its servers have no ports")
                .isEmpty();
    }

    @Test
    void aDamagedStateFileIsSetAside() throws Exception {
        Files.writeString(places.state().resolve("dns.json"), "{\"resolver\": \"resolved\", \"port\": 53}");
        List<String> said = new java.util.ArrayList<>();
        assertThat(HostDnsSettings.read(places, said::add)).isEmpty();
        assertThat(said).singleElement().asString().contains("is damaged");
    }
}
