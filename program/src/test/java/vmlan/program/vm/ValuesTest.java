package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;
import vmlan.program.config.Isolation;
import vmlan.program.config.MacTranslation;
import vmlan.program.config.UplinkChoice;
import vmlan.program.message.Failure;
import vmlan.program.message.ShellWords;

class ValuesTest {
    @ParameterizedTest
    @CsvSource({
        "512M,536870912",
        "512,536870912",
        "1G,1073741824",
        "2g,2147483648",
        "65536K,67108864",
        "1GiB,1073741824"
    })
    void memoryIsReadAsPeopleWriteIt(String text, long bytes) throws Failure {
        assertThat(MemorySize.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "1X", "-1G", "1.5G", "63M", "0", "99999999G", "1 G"})
    void anAmountThatMakesNoSenseIsSaid(String text) {
        assertThatThrownBy(() -> MemorySize.parse(text)).isInstanceOf(Failure.class);
    }

    @Test
    void aNicSpecHasItsPartsInAnyOrder() throws Failure {
        assertThat(NicSpec.parse("shared"))
                .isEqualTo(new NicSpec("shared", null, null, Isolation.AS_THE_NETWORK, UplinkChoice.NONE));
        assertThat(NicSpec.parse("private,isolated,ip=192.168.64.9,mac=52:54:00:00:00:01"))
                .isEqualTo(new NicSpec(
                        "private",
                        MacAddress.parse("52:54:00:00:00:01"),
                        Ipv4Address.parse("192.168.64.9"),
                        Isolation.ON,
                        UplinkChoice.NONE));
    }

    @Test
    void aBridgedNicNamesTheHostsNic() throws Failure {
        assertThat(NicSpec.parse("bridged:en0,mac-nat=on,isolated"))
                .isEqualTo(new NicSpec(
                        "bridged-en0", null, null, Isolation.ON, new UplinkChoice(MacTranslation.ON, null)));
        assertThat(NicSpec.parse("bridged").kind())
                .as("the one of the default route, looked for later")
                .isEqualTo(NicSpec.BRIDGED);
        assertThat(NicSpec.parse("host").kind()).isEqualTo("host");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",isolated",
                "shared,",
                "shared,mac=1",
                "shared,mac=01:00:5e:00:00:01",
                "shared,ip=300.1.1.1",
                "shared,colour=red",
                "shared,mac-nat=on",
                "bridged:en0,mac-nat=maybe",
                "bridged:en0,via=moon",
                "shared,via=vmnet",
                "bridged:en0,via=qemu",
                "bridged:en0,ip=192.168.64.9"
            })
    void aNicSpecThatMakesNoSenseIsSaid(String text) {
        assertThatThrownBy(() -> NicSpec.parse(text))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("--net");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "web", "web-2", "9lives", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"
            })
    void aVmsNameIsADnsLabel(String name) throws Failure {
        VmNaming.checkLabel(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Web", "-a", "a-", "a.b", "a_b", "../x", "host", "gateway", "localhost", "wpad", "ä"})
    void otherNamesAreRefused(String name) {
        assertThatThrownBy(() -> VmNaming.checkLabel(name)).isInstanceOf(Failure.class);
    }

    @ParameterizedTest
    @CsvSource({
        "/x/debian-13-generic.qcow2,debian-13-generic",
        "/x/My Disk.raw,my-disk",
        "/x/host.img,vm",
        "/x/....qcow2,vm",
        "/x/UPPER,upper"
    })
    void aDisksNameBecomesALabel(String disk, String name) throws Failure {
        assertThat(VmNaming.nameOf(Path.of(disk))).isEqualTo(name);
        VmNaming.checkLabel(VmNaming.nameOf(Path.of(disk)));
    }

    @Test
    void theSameVmHasTheSameMacForEverAndAnotherInstallationAnother() {
        MacChooser chooser = MacChooser.ofKey(new byte[16]);
        MacAddress mac = chooser.choose("shared", "web", 0, Set.of());
        assertThat(MacChooser.ofKey(new byte[16]).choose("shared", "web", 0, Set.of()))
                .isEqualTo(mac);
        assertThat(mac.toString()).startsWith("52:54:00:");
        assertThat(chooser.choose("shared", "web", 1, Set.of())).isNotEqualTo(mac);
        assertThat(chooser.choose("private", "web", 0, Set.of())).isNotEqualTo(mac);
        assertThat(MacChooser.ofKey(new byte[] {1}).choose("shared", "web", 0, Set.of()))
                .isNotEqualTo(mac);
    }

    @Test
    void aTakenMacIsPassedOver() {
        MacChooser chooser = MacChooser.ofKey(new byte[16]);
        MacAddress mac = chooser.choose("shared", "web", 0, Set.of());
        MacAddress next = chooser.choose("shared", "web", 0, Set.of(mac.toString()));
        assertThat(next.bits()).isEqualTo(mac.bits() + 1);
    }

    @Test
    void wordsAreQuotedForAShell() {
        assertThat(ShellWords.join(List.of("qemu", "a b", "it's", "-m", "1G", "a,b=c")))
                .isEqualTo("qemu 'a b' 'it'\\''s' -m 1G a,b=c");
    }
}
