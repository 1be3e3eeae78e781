package vmlan.tests.lan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import vmlan.program.files.Fields;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;

/// Which NICs there are to bridge onto, and what is said of one that there is not.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class InterfacesTest {
    @Test
    void aNicIsListedWithItsAddressesAndState() throws Exception {
        try (TestLan lan = TestLan.create(TestLan.Link.CABLE);
                Installation vmlan = Installation.create(Qemus.QEMU_10, lan.words(Machine.HOST))) {
            Fields nic = only(vmlan);
            assertThat(nic.text("name")).isEqualTo("en0");
            assertThat(nic.text("kind")).isIn("cable", "virtual");
            assertThat(nic.text("state")).isEqualTo("up");
            assertThat(nic.text("mac")).isEqualTo(Machine.HOST.mac());
            assertThat(nic.number("mtu")).isEqualTo(1500);
            assertThat(nic.texts("ipv4").toString()).contains(Machine.HOST.ipv4());
            assertThat(nic.texts("ipv6").toString()).contains(Machine.HOST.ipv6());
            assertThat(nic.flag("macTranslation")).isFalse();
            assertThat(nic.text("hostPath")).isIn("tcx", "cls_bpf", "cls_bpf-classic", "u32");
            assertThat(vmlan.vmlan("interfaces").good()).contains("en0").contains(Machine.HOST.ipv4());

            lan.ip(Machine.HOST, "link set en0 down");
            assertThat(only(vmlan).text("state")).isEqualTo("down");
        }
    }

    private static Fields only(Installation vmlan) throws Exception {
        List<Fields> nics =
                Installation.list(vmlan.vmlan("interfaces", "--json").good());
        assertThat(nics).as("the loopback is none").hasSize(1);
        return nics.getFirst();
    }

    @Test
    void aNicThatIsNotThereIsRefusedWithTheNamesOfThoseThatAre() throws Exception {
        try (TestLan lan = TestLan.create(TestLan.Link.CABLE);
                Installation vmlan = Installation.create(Qemus.QEMU_10, lan.words(Machine.HOST))) {
            assertThat(vmlan.vmlan("run", "-d", "--net", "bridged:en7").bad(2))
                    .contains("unsupported ifname 'en7', expected one of [ en0 ]");
            assertThat(vmlan.vmlan("run", "-d", "--net", "bridged:lo").bad(2))
                    .contains("unsupported ifname 'lo', expected one of [ en0 ]");
            assertThat(vmlan.ps()).isEmpty();
            assertThat(vmlan.qemus()).isEmpty();
        }
    }
}
