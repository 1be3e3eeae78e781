package vmlan.tests.lan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import vmlan.program.files.Fields;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;
import vmlan.tests.real.UnprivilegedUser;

/// A Mac's networks with real guests, as far as they can be had without a Mac: through the simulator of vmnet, and
/// through a stand-in for socket_vmnet.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class VmnetTest {
    private static final int MEGABYTES = 5;

    private static LanGuests mac(Qemus qemu) throws Exception {
        LanGuests guests = LanGuests.create(TestLan.Link.CABLE, qemu);
        try {
            guests.vmlan()
                    .with(
                            "VMLAN_VMNET_LIBRARY",
                            new VmnetSimulator(guests.lan()).library().toString())
                    .with("VMNET_SIMULATOR_TAP", VmnetSimulator.TAP);
            return guests;
        } catch (Exception | AssertionError e) {
            guests.close();
            throw e;
        }
    }

    @Test
    void aBridgedGuestIsOnTheLanAndComesBackAfterItsNetworkWasKilled() throws Exception {
        try (LanGuests mac = mac(Qemus.QEMU_7)) {
            new VmnetSimulator(mac.lan()).bridge();
            mac.start("a", "bridged:en0");
            GuestStation guest = mac.ready("a");
            assertThat(mac.vmlan().vmlan("ip", "--timeout", "180", "a").good())
                    .isEqualTo(guest.ipv4())
                    .startsWith(TestLan.PREFIX4);
            mac.lan().awaitLease(" " + guest.mac() + " " + guest.ipv4() + " ");
            Fields uplink = mac.uplink();
            assertThat(uplink.text("interface")).isEqualTo("en0");
            assertThat(uplink.text("via")).isEqualTo("vmnet");
            assertThat(uplink.text("hostPath")).isEqualTo("vmnet");

            MachineStation host = mac.station(Machine.HOST);
            converse(guest, host);
            MachineStation other = mac.station(Machine.OTHER);
            for (Station.Family family : Station.Family.values()) {
                assertThat(other.ping(guest.address(family), 3)).contains(Conversations.OK);
                assertThat(guest.ping(other.address(family), 3)).contains(Conversations.OK);
            }

            mac.kill(LanGuests.NETWORK);
            mac.vmlan().vmlan("network", "start", LanGuests.NETWORK).good();
            mac.awaitPing(host, guest.ipv4());
            mac.awaitPing(guest, host.ipv4());
        }
    }

    @Test
    void hostIsApplesNetworkThere() throws Exception {
        try (LanGuests mac = mac(Qemus.QEMU_10)) {
            new VmnetSimulator(mac.lan()).segment();
            List<GuestStation> guests = mac.guests("host", "a", "b");
            String address = mac.vmlan().vmlan("ip", "--timeout", "180", "a").good();
            assertThat(address).isEqualTo(guests.getFirst().ipv4()).startsWith("192.168.105.");
            MachineStation host =
                    new MachineStation(mac.lan(), Machine.HOST, VmnetSimulator.HOST4, Machine.HOST.ipv6());
            assertThat(host.ping(address, 3)).contains(Conversations.OK);
            assertThat(guests.getFirst().ping(guests.getLast().ipv4(), 3)).contains(Conversations.OK);
            assertThat(guests.getFirst().ping(Machine.ROUTER.ipv4(), 1))
                    .as("the outside of a host network")
                    .doesNotContain(Conversations.OK);
            Fields network = mac.show("host");
            assertThat(network.text("mode")).isEqualTo("host");
            assertThat(network.object("uplink").text("start")).isEqualTo(VmnetSimulator.HOST4);
            assertThat(mac.vmlan()
                            .vmlan("run", "--net", "host", "-p", "8080:80")
                            .bad(2))
                    .contains("reach each other at their own addresses");
        }
    }

    @Test
    void aSocketVmnetIsUsedWhereOneIsSaidAndComeBackTo() throws Exception {
        try (LanGuests mac = mac(Qemus.QEMU_10)) {
            VmnetSimulator simulator = new VmnetSimulator(mac.lan());
            simulator.segment();
            mac.vmlan().with("VMLAN_SOCKET_VMNET", mac.lan().folder().toString());
            assertThat(mac.vmlan()
                            .vmlan("run", "-d", "--net", "shared", "--via", "socket_vmnet")
                            .bad(1))
                    .contains("no socket_vmnet answers at " + mac.lan().folder().resolve("socket_vmnet"));
            Process daemon = simulator.daemon("socket_vmnet");
            List<GuestStation> guests = mac.guests("shared,via=socket_vmnet", "a", "b");
            String address = mac.vmlan().vmlan("ip", "--timeout", "180", "a").good();
            assertThat(address).startsWith("192.168.105.");
            MachineStation host =
                    new MachineStation(mac.lan(), Machine.HOST, VmnetSimulator.HOST4, Machine.HOST.ipv6());
            String sum = host.makeFile(MEGABYTES);
            guests.getFirst().listen();
            host.send(address);
            assertThat(guests.getFirst().received()).isEqualTo(sum);
            Fields network = mac.show("vmnet-shared");
            assertThat(network.text("mode")).isEqualTo("shared");
            assertThat(network.object("uplink").text("via")).isEqualTo("socket_vmnet");

            daemon.destroy();
            assertThat(daemon.waitFor()).isNotNegative();
            simulator.start("socket_vmnet");
            mac.awaitPing(host, address);
        }
    }

    @Test
    void underSudoTheNetworkStartsAsRootAndIsThenTheCallersWholly() throws Exception {
        Path home = Files.createTempDirectory(Path.of("/tmp"), "vmlan-user");
        try (TestLan lan = TestLan.create(TestLan.Link.CABLE);
                UnprivilegedUser nobody = UnprivilegedUser.in(home, lan.words(Machine.HOST))) {
            VmnetSimulator simulator = new VmnetSimulator(lan);
            simulator.bridge();
            // where that user may read it
            Path library = Files.copy(simulator.library(), home.resolve("libvmnet.so"));
            Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rwxr-xr-x"));
            List<String> mac = List.of("VMLAN_VMNET_LIBRARY=" + library, "VMNET_SIMULATOR_TAP=" + VmnetSimulator.TAP);
            nobody.underSudo(mac, "run", "-d", "--net", "bridged:en0").good();
            String address = nobody.vmlan("ip", "--timeout", "180", "demo").good();
            assertThat(address).startsWith(TestLan.PREFIX4);
            assertThat(new MachineStation(lan, Machine.HOST).ping(address, 3)).contains(Conversations.OK);

            Fields network = Installation.object(
                    nobody.vmlan("network", "show", LanGuests.NETWORK, "--json").good());
            assertThat(network.object("uplink").text("via")).isEqualTo("vmnet");
            List<String> statuses = RightsTest.statuses(network.number("pid"));
            assertThat(statuses)
                    .isNotEmpty()
                    .allSatisfy(status -> assertThat(status)
                            .contains("Uid:" + ("\t" + UnprivilegedUser.UID).repeat(4) + "\n")
                            .contains("Gid:" + ("\t" + UnprivilegedUser.UID).repeat(4) + "\n")
                            .contains("CapEff:\t0000000000000000\n")
                            .contains("CapPrm:\t0000000000000000\n"));
            long qemu = Installation.list(nobody.vmlan("ps", "--json").good())
                    .getFirst()
                    .number("pid");
            assertThat(nobody.owner(qemu)).isEqualTo(UnprivilegedUser.UID);
            assertThat(nobody.owners())
                    .allSatisfy((file, owner) ->
                            assertThat(owner).as(file.toString()).isEqualTo(UnprivilegedUser.UID));
        }
    }

    private static void converse(Station guest, Station peer) throws Exception {
        String sentByPeer = peer.makeFile(MEGABYTES);
        String sentByGuest = guest.makeFile(MEGABYTES);
        for (Station.Family family : Station.Family.values()) {
            assertThat(peer.ping(guest.address(family), 3)).contains(Conversations.OK);
            assertThat(guest.ping(peer.address(family), 3)).contains(Conversations.OK);
            guest.listen();
            peer.send(guest.address(family));
            assertThat(guest.received()).isEqualTo(sentByPeer);
            peer.listen();
            guest.send(peer.address(family));
            assertThat(peer.received()).isEqualTo(sentByGuest);
        }
    }
}
