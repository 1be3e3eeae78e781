package vmlan.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.QemuLine;

class DialectsTest {
    @TempDir
    Path folder;

    @Test
    void theInstalledQemuSaysWhatItsMachinesDoWithNics() throws Exception {
        Qemu qemu = Qemu.find("x86_64", System.getenv(), folder);

        Dialect q35 = Dialects.of(qemu, "q35", folder);
        assertThat(q35.machine()).isEqualTo("q35");
        assertThat(q35.defaultNicModel()).isEqualTo("e1000e");
        assertThat(q35.nicModels()).contains("e1000", "virtio-net-pci").doesNotContain("virtio-blk-pci");
        assertThat(q35.driver("virtio-net")).contains(new Dialect.Driver("virtio-net-pci", "virtio-net", "PCI", true));
        assertThat(q35.driver("virtio-blk-pci").orElseThrow().network()).isFalse();

        Dialect none = Dialects.of(qemu, "none", folder);
        assertThat(none.defaultNicModel()).isNull();
        assertThat(none.nicModels()).isEmpty();
        assertThat(Dialects.of(qemu, "pc", folder).defaultNicModel()).isEqualTo("e1000");
        assertThat(Dialects.of(qemu, null, folder).defaultNicModel()).isEqualTo("e1000");
    }

    @Test
    void theNicsOfALineAreAskedForTheirProperties() throws Exception {
        Qemu qemu = Qemu.find("x86_64", System.getenv(), folder);
        QemuLine line = QemuLine.parse(List.of("-M", "q35", "-device", "virtio-net,netdev=a", "-device", "virtio-blk"));

        Dialect asked = Dialects.ofLine(qemu, line, "q35", folder);
        assertThat(asked.properties()).containsOnlyKeys("virtio-net-pci");
        assertThat(asked.properties().get("virtio-net-pci")).contains("mac", "netdev", "addr", "mq", "host_mtu");
        assertThat(Files.readString(folder.resolve("qemu.json"))).contains("host_mtu");
        assertThat(Dialects.ofLine(qemu, line, "q35", folder)).isEqualTo(asked);
    }

    @Test
    void whatWasAskedOnceIsRememberedBesideTheRest() throws Exception {
        Path binary = fake("""
                case "$*" in
                *model=help*) printf 'Available NIC models for this configuration:\\ne1000\\nvirtio-net-pci (aka virtio)\\n' ;;
                *) printf '(qemu) info network\\r\\n \\\\ #net0: e1000.0: index=0,type=nic,model=e1000,macaddr=52\\r\\n'
                   printf 'Network devices:\\r\\nname "e1000", bus PCI, alias "x", desc "A, b"\\r\\nname "bare"\\r\\n' ;;
                esac
                """);
        Qemu qemu = Qemu.find("x86_64", Map.of("VMLAN_QEMU", binary.toString()), folder);

        Dialect asked = Dialects.of(qemu, "q35", folder);
        assertThat(asked.nicModels()).containsExactly("e1000", "virtio-net-pci", "virtio");
        assertThat(asked.defaultNicModel()).isEqualTo("e1000");
        assertThat(asked.drivers())
                .containsExactly(
                        new Dialect.Driver("e1000", "x", "PCI", true), new Dialect.Driver("bare", null, null, true));
        long times = Scripts.timesAsked(folder);
        assertThat(Dialects.of(qemu, "q35", folder)).isEqualTo(asked);
        assertThat(Qemu.find("x86_64", Map.of("VMLAN_QEMU", binary.toString()), folder))
                .isEqualTo(qemu);
        assertThat(Scripts.timesAsked(folder)).isEqualTo(times);
        Dialects.of(qemu, "pc", folder);
        assertThat(Scripts.timesAsked(folder)).isEqualTo(times + 2);
        assertThat(Dialects.of(qemu, "q35", folder)).isEqualTo(asked);
    }

    @Test
    void aMachineThatCannotBeMadeIsNotKnownAndNotRemembered() throws Exception {
        Path binary = fake("exit 1");
        Qemu qemu = Qemu.find("x86_64", Map.of("VMLAN_QEMU", binary.toString()), folder);
        Dialect dialect = Dialects.of(qemu, "bogus", folder);
        assertThat(dialect.machine()).isNull();
        assertThat(dialect.backends()).contains("stream");
        assertThat(Files.readString(folder.resolve("qemu.json"))).doesNotContain("bogus");
    }

    private Path fake(String answer) throws Exception {
        return Scripts.write(folder.resolve("qemu-system-x86_64"), """
                echo asked >>'%s/asked'
                case $* in
                --version) echo 'QEMU emulator version 9.1.0'; exit ;;
                *-netdev*) printf 'types:\\nstream\\nuser\\n'; exit ;;
                esac
                """.formatted(folder) + answer);
    }
}
