package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.serve.LeasesOnDisk;

/// A VM keeps its MAC addresses for ever, and no other has them.
class NicPlanTest {
    private static final MacChooser CHOOSER = MacChooser.ofKey(new byte[16]);

    private static List<NicSpec> specs(String... texts) throws Failure {
        List<NicSpec> specs = new ArrayList<>();
        for (String text : texts) {
            specs.add(NicSpec.parse(text));
        }
        return specs;
    }

    private static List<NicPlan> choose(Optional<Vm> before, Map<String, String> others, String... nets)
            throws Failure {
        return NicPlan.choose("web", specs(nets), before, others, CHOOSER);
    }

    private static Vm vm(List<NicPlan> nics, String... nets) throws Failure {
        VmSpec spec = new VmSpec("x86_64", List.of(), specs(nets), 1, 1, List.of(), List.of(), List.of());
        List<Vm.VmNic> kept = nics.stream()
                .filter(nic -> !nic.spec().isUser())
                .map(nic ->
                        new Vm.VmNic(nic.spec().kind(), nic.port(), nic.mac().toString()))
                .toList();
        return new Vm("web", spec, kept, List.of(), null, null, Path.of("/"), false, 0, 0, 0, 0, false);
    }

    private static String mac(List<NicPlan> nics, String network, int number) {
        return nics.stream()
                .filter(nic -> nic.spec().kind().equals(network))
                .skip(number)
                .findFirst()
                .orElseThrow()
                .mac()
                .toString();
    }

    @Test
    void inAnotherOrderAndWithMoreNicsThoseThatWereThereStayTheSame() throws Failure {
        List<NicPlan> first = choose(Optional.empty(), Map.of(), "shared", "private", "shared");
        for (Optional<Vm> before :
                List.of(Optional.<Vm>empty(), Optional.of(vm(first, "shared", "private", "shared")))) {
            List<NicPlan> later = choose(before, Map.of(), "user", "private", "none", "shared", "shared", "host");
            assertThat(mac(later, "shared", 0)).isEqualTo(mac(first, "shared", 0));
            assertThat(mac(later, "shared", 1)).isEqualTo(mac(first, "shared", 1));
            assertThat(mac(later, "private", 0)).isEqualTo(mac(first, "private", 0));
            assertThat(later).extracting(nic -> nic.mac().toString()).doesNotHaveDuplicates();
            assertThat(later).extracting(NicPlan::port).containsExactly("web-0", "web-1", "web-2", "web-3", "web-4");
        }
    }

    @Test
    void anAddressThatWasTheNextFreeOneOnceStaysWhenItsNeighbourIsGone() throws Failure {
        String usual = mac(choose(Optional.empty(), Map.of(), "shared"), "shared", 0);
        List<NicPlan> moved = choose(Optional.empty(), Map.of(usual, "db"), "shared");
        assertThat(mac(moved, "shared", 0)).isNotEqualTo(usual);
        List<NicPlan> later = choose(Optional.of(vm(moved, "shared")), Map.of(), "shared");
        assertThat(mac(later, "shared", 0)).isEqualTo(mac(moved, "shared", 0));
    }

    @Test
    void aChosenAddressThatIsNoLongerWishedForIsForgotten() throws Failure {
        String[] wish = {"shared,mac=52:54:00:00:00:07"};
        Vm before = vm(choose(Optional.empty(), Map.of(), wish), wish);
        assertThat(mac(choose(Optional.of(before), Map.of(), "shared"), "shared", 0))
                .isEqualTo(mac(choose(Optional.empty(), Map.of(), "shared"), "shared", 0));
    }

    @Test
    void anAddressOfAnotherVmIsRefusedWithItsNameOnWhicheverNetwork() {
        assertThatThrownBy(() ->
                        choose(Optional.empty(), Map.of("52:54:00:00:00:07", "db"), "private,mac=52:54:00:00:00:07"))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.what()).isEqualTo("the MAC address 52:54:00:00:00:07 belongs to the VM 'db'");
                    assertThat(failure.remedy()).contains("vmlan rm db");
                    assertThat(failure.exitCode()).isEqualTo(Failure.USAGE);
                });
    }

    @Test
    void aWishComesBeforeAnAddressThatWouldHaveBeenChosen() throws Failure {
        String usual = mac(choose(Optional.empty(), Map.of(), "shared"), "shared", 0);
        List<NicPlan> nics = choose(Optional.empty(), Map.of(), "shared", "private,mac=" + usual);
        assertThat(mac(nics, "private", 0)).isEqualTo(usual);
        assertThat(mac(nics, "shared", 0)).isNotEqualTo(usual);
    }

    @Test
    void anAddressOfAVmThatDoesNotRunIsRefused() throws Exception {
        MacAddress mac = MacAddress.parse("52:54:00:00:00:07");
        Ipv4Address address = Ipv4Address.parse("192.168.64.7");
        List<NicSpec> wish = specs("private", "shared,ip=192.168.64.7");
        Map<String, String> others = Map.of(mac.toString(), "db");
        assertThatThrownBy(() -> NicPlan.refuseOthersAddresses(
                        wish,
                        others,
                        (network, asked) -> network.equals("shared") && asked.equals(address)
                                ? Optional.of(mac)
                                : Optional.empty()))
                .hasMessage("the address 192.168.64.7 belongs to the VM 'db'");
        // of a VM that was removed, or of its own
        NicPlan.refuseOthersAddresses(wish, Map.of(), (network, asked) -> Optional.of(mac));
        NicPlan.refuseOthersAddresses(wish, others, (network, asked) -> Optional.empty());
    }

    @Test
    void whoHasAnAddressStandsInTheNetworksLeases(@TempDir Path home) throws Exception {
        Places places = Places.in(home);
        Ipv4Address address = Ipv4Address.parse("192.168.64.7");
        assertThat(LeasesOnDisk.holder(places, "shared", address)).isEmpty();
        Path file = places.state("networks", "shared").resolve("leases.json");
        Files.writeString(
                file,
                "{\"leases\": [{\"mac\": \"52:54:00:00:00:07\", \"ipv4\": \"192.168.64.7\", \"expiresNanos\": 1}]}");
        assertThat(LeasesOnDisk.holder(places, "shared", address)).contains(MacAddress.parse("52:54:00:00:00:07"));
        assertThat(LeasesOnDisk.holder(places, "shared", Ipv4Address.parse("192.168.64.8")))
                .isEmpty();
        assertThat(LeasesOnDisk.holder(places, "../networks/shared", address)).isEmpty();
        Files.writeString(file, "{\"leases\": [{");
        assertThat(LeasesOnDisk.holder(places, "shared", address)).isEmpty();
        assertThat(file).as("not set aside by a look").exists();
    }
}
