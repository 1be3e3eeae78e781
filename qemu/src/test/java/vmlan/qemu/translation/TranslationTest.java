package vmlan.qemu.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.reading.FileSections;
import vmlan.qemu.language.reading.NetworkLanguage;

/// What only the network knows: the MTU.
class TranslationTest {
    private static List<String> words(int mtu, String... line) throws Exception {
        Hosts host = Hosts.LINUX_10_0;
        QemuLine typed = QemuLine.parse(List.of(line));
        Translation translation = Translation.of(
                NetworkLanguage.read(typed, host.understood(), new AnyMachine()),
                FileSections.of(typed, new AnyMachine()),
                host.dialect(),
                host.target(false));
        return translation.words(translation.nics().stream()
                .map(nic -> new Plug("52:54:00:00:00:01", Path.of("/run/n.sock"), mtu))
                .toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "virtio-net-pci,netdev=s | virtio-net-pci,netdev=s,mac=52:54:00:00:00:01,host_mtu=4000",
                "virtio-net,netdev=s,mac=52:54:00:0:0:9 | virtio-net,netdev=s,mac=52:54:00:0:0:9,host_mtu=4000",
                "virtio-net-pci,netdev=s,host_mtu=2000 | virtio-net-pci,netdev=s,host_mtu=2000,mac=52:54:00:00:00:01",
                "e1000,netdev=s | e1000,netdev=s,mac=52:54:00:00:00:01",
                "e1000,netdev=s,mac=52:54:00:0:0:9 | e1000,netdev=s,mac=52:54:00:0:0:9",
            })
    void aVirtioDeviceIsToldAnMtuThatIsNotEthernets(String typed, String made) throws Exception {
        assertThat(words(4000, "-netdev", "vmnet-shared,id=s", "-device", typed))
                .endsWith("-device", made);
        assertThat(words(1500, "-netdev", "vmnet-shared,id=s", "-device", typed))
                .endsWith("-device", made.replace(",host_mtu=4000", ""));
    }

    @Test
    void inJsonItIsANumber() throws Exception {
        assertThat(words(
                        4000,
                        "-netdev",
                        "vmnet-shared,id=s",
                        "-device",
                        "{\"driver\": \"virtio-net-pci\", \"netdev\": \"s\"}"))
                .endsWith("{\"driver\": \"virtio-net-pci\", \"netdev\": \"s\", \"mac\": \"52:54:00:00:00:01\","
                        + " \"host_mtu\": 4000}");
    }

    @Test
    void otherWordsForANicHaveNoneForIt() throws Exception {
        assertThat(words(4000, "-nic", "vmnet-shared,model=virtio-net-pci"))
                .endsWith("nic,netdev=vmlan,model=virtio-net-pci,macaddr=52:54:00:00:00:01");
        assertThat(words(4000, "-net", "nic,model=virtio-net-pci", "-net", "vmnet-shared"))
                .contains("nic,model=virtio-net-pci,macaddr=52:54:00:00:00:01");
    }
}
