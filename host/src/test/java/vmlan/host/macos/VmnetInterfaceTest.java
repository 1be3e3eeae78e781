package vmlan.host.macos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

/// Interfaces of the simulator: what reaches the framework, what comes back, and how it ends.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VmnetInterfaceTest {
    private static final Duration SOON = Duration.ofMillis(200);
    private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    private final SimulatedMac mac = SimulatedMac.reset();

    @AfterEach
    void nothingIsLeft() {
        mac.expectNothingLeft();
    }

    private VmnetInterface start(VmnetSettings settings) throws VmnetException {
        return VmnetInterface.start(mac.framework(), settings);
    }

    @Test
    void theMacOfToday() throws Exception {
        for (VmnetFeature feature : VmnetFeature.values()) {
            assertThat(mac.framework().has(feature)).as(feature.name()).isTrue();
        }
        assertThat(mac.framework().sharedInterfaces()).containsExactly("en0", "en1");
    }

    @Test
    void bridged() throws Exception {
        VmnetInterface vmnet = start(VmnetSettings.bridged("en0"));
        assertThat(mac.startedWith("vmnet_operation_mode")).isEqualTo("uint64 1002");
        assertThat(mac.startedWith("vmnet_shared_interface_name")).isEqualTo("string en0");
        assertThat(mac.startedWith("vmnet_allocate_mac_address")).isEqualTo("bool 0");
        assertThat(mac.startedWith("vmnet_enable_isolation")).isEqualTo("bool 0");
        for (String absent : new String[] {
            "mtu", "interface_id", "start_address", "end_address", "subnet_mask", "nat66_prefix", "network_identifier"
        }) {
            assertThat(mac.startedWith("vmnet_" + absent)).as(absent).isNull();
        }
        VmnetParameters parameters = vmnet.parameters();
        assertThat(parameters.mtu()).isEqualTo(1500);
        assertThat(parameters.maxPacketSize()).isEqualTo(1514);
        assertThat(parameters.mac()).isEqualTo("0a:d6:36:c1:ea:f3");
        assertThat(parameters.startAddress()).isNull();
        assertThat(parameters.readMaxPackets()).isEqualTo(256);
        assertThat(parameters.writeMaxPackets()).isEqualTo(256);
        vmnet.stop();
        vmnet.stop();
    }

    @Test
    void sharedWithAddressesOfOnesOwn() throws Exception {
        VmnetInterface vmnet = start(VmnetSettings.shared()
                .withRange(
                        Ipv4Address.parse("192.168.77.1"),
                        Ipv4Address.parse("192.168.77.100"),
                        Ipv4Address.parse("255.255.255.0"))
                .withNat66Prefix(Ipv6Address.parse("fd12:3456:789a:1::"))
                .withInterfaceId(ID)
                .withMtu(9000)
                .isolate());
        assertThat(mac.startedWith("vmnet_operation_mode")).isEqualTo("uint64 1001");
        assertThat(mac.startedWith("vmnet_start_address")).isEqualTo("string 192.168.77.1");
        assertThat(mac.startedWith("vmnet_end_address")).isEqualTo("string 192.168.77.100");
        assertThat(mac.startedWith("vmnet_subnet_mask")).isEqualTo("string 255.255.255.0");
        assertThat(mac.startedWith("vmnet_nat66_prefix")).isEqualTo("string fd12:3456:789a:1::");
        assertThat(mac.startedWith("vmnet_interface_id")).isEqualTo("uuid " + ID);
        assertThat(mac.startedWith("vmnet_allocate_mac_address")).isEqualTo("bool 1");
        assertThat(mac.startedWith("vmnet_mtu")).isEqualTo("uint64 9000");
        assertThat(mac.startedWith("vmnet_enable_isolation")).isEqualTo("bool 1");
        assertThat(mac.startedWith("vmnet_shared_interface_name")).isNull();
        VmnetParameters parameters = vmnet.parameters();
        assertThat(parameters.mtu()).isEqualTo(9000);
        assertThat(parameters.maxPacketSize()).isEqualTo(9014);
        assertThat(parameters.startAddress()).isEqualTo("192.168.77.1");
        assertThat(parameters.endAddress()).isEqualTo("192.168.77.100");
        assertThat(parameters.subnetMask()).isEqualTo("255.255.255.0");
        assertThat(parameters.nat66Prefix()).isEqualTo("fd12:3456:789a:1::");
        assertThat(parameters.interfaceId()).isEqualTo(ID);
        vmnet.stop();
    }

    @Test
    void hostWithANetworkOfItsOwn() throws Exception {
        VmnetInterface vmnet = start(VmnetSettings.host().withNetworkId(ID));
        assertThat(mac.startedWith("vmnet_operation_mode")).isEqualTo("uint64 1000");
        assertThat(mac.startedWith("vmnet_network_identifier")).isEqualTo("uuid " + ID);
        vmnet.stop();
    }

    @Test
    void settingsThatContradictThemselvesAreRefused() {
        assertThatThrownBy(() -> VmnetSettings.bridged(null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> VmnetSettings.bridged("en0").withMtu(9000)).hasMessageContaining("MTU");
        assertThatThrownBy(() -> VmnetSettings.shared().withNetworkId(ID)).hasMessageContaining("host interface");
        assertThatThrownBy(() -> VmnetSettings.host().withNat66Prefix(Ipv6Address.parse("fd00::")))
                .hasMessageContaining("shared");
        assertThatThrownBy(() -> VmnetSettings.bridged("en0")
                        .withRange(
                                Ipv4Address.parse("10.0.0.1"),
                                Ipv4Address.parse("10.0.0.9"),
                                Ipv4Address.parse("255.0.0.0")))
                .hasMessageContaining("LAN");
    }

    @Test
    void everyStatusIsToldByItsName() throws Exception {
        for (VmnetStatus status : VmnetStatus.values()) {
            if (status == VmnetStatus.SUCCESS || status == VmnetStatus.UNKNOWN) {
                continue;
            }
            mac.fault(SimulatedMac.Fault.START_STATUS, status.code());
            VmnetException failure = failure(VmnetSettings.bridged("en0"));
            assertThat(failure.status()).isEqualTo(status);
            assertThat(failure.call()).isEqualTo("vmnet_start_interface");
            assertThat(failure).hasMessageStartingWith("vmnet_start_interface: VMNET_" + status.name() + ", ");
            assertThat(failure.advice()).as(status.name()).isNotEmpty();
        }
        mac.fault(SimulatedMac.Fault.START_STATUS, 4711);
        assertThat(failure(VmnetSettings.bridged("en0")))
                .hasMessageStartingWith("vmnet_start_interface: status 4711, an unknown status; ");
    }

    private VmnetException failure(VmnetSettings settings) {
        return catchThrowableOfType(VmnetException.class, () -> start(settings));
    }

    @Test
    void adviceKnowsTheHost() throws Exception {
        VmnetAdvice user15 = new VmnetAdvice(false, 15);
        VmnetAdvice user26 = new VmnetAdvice(false, 26);
        VmnetAdvice root = new VmnetAdvice(true, 15);
        VmnetSettings shared = VmnetSettings.shared()
                .withRange(
                        Ipv4Address.parse("10.1.2.1"),
                        Ipv4Address.parse("10.1.2.9"),
                        Ipv4Address.parse("255.255.255.0"));
        assertThat(user15.start(VmnetStatus.FAILURE, shared)).contains("root").contains("sudo");
        assertThat(user26.start(VmnetStatus.FAILURE, shared))
                .startsWith("macOS 26 gives it to users by programs that are signed for it");
        assertThat(root.start(VmnetStatus.FAILURE, shared))
                .contains("10.1.2.1's subnet")
                .contains("choose others");
        assertThat(root.start(VmnetStatus.FAILURE, VmnetSettings.host())).contains("Internet Sharing");
        assertThat(user15.start(VmnetStatus.INVALID_ACCESS, shared))
                .contains("sudo")
                .contains("Local Network");
        assertThat(root.start(VmnetStatus.NOT_AUTHORIZED, shared)).startsWith("allow the program");
        assertThat(root.start(VmnetStatus.SHARING_SERVICE_BUSY, shared)).contains("10.1.2.1's subnet");
        assertThat(root.start(VmnetStatus.SHARING_SERVICE_BUSY, VmnetSettings.bridged("en7")))
                .contains("en7");
        assertThat(root.start(VmnetStatus.INVALID_ARGUMENT, VmnetSettings.bridged("en7")))
                .contains("en7");
        assertThat(root.start(VmnetStatus.INVALID_ARGUMENT, shared)).contains("RFC 1918");
        assertThat(root.start(VmnetStatus.INVALID_ARGUMENT, VmnetSettings.host().withMtu(99_999)))
                .contains("MTU");
        assertThat(VmnetFramework.adviceWithoutAddresses())
                .contains("socketfilterfw")
                .contains("bootpd");
    }

    @Test
    void aNicThatCannotBeBridged() {
        assertThat(failure(VmnetSettings.bridged("p2p0")))
                .hasMessage("vmnet_start_interface: VMNET_INVALID_ARGUMENT, invalid argument; p2p0 may be no NIC that"
                        + " can be bridged; vmlan interfaces lists those");
    }

    @Test
    void addressesThatAreNotPrivate() {
        assertThat(failure(VmnetSettings.shared()
                        .withRange(
                                Ipv4Address.parse("8.8.8.1"),
                                Ipv4Address.parse("8.8.8.9"),
                                Ipv4Address.parse("255.255.255.0"))))
                .hasMessageContaining("RFC 1918");
    }

    @Test
    void noInterfaceAndAReason() {
        mac.fault(SimulatedMac.Fault.START_NULL, 1);
        mac.fault(SimulatedMac.Fault.START_STATUS, VmnetStatus.SHARING_SERVICE_BUSY.code());
        assertThat(failure(VmnetSettings.host()).status()).isEqualTo(VmnetStatus.SHARING_SERVICE_BUSY);
    }

    @Test
    void noInterfaceAndNoReason() {
        mac.fault(SimulatedMac.Fault.START_NULL, 2);
        assertThat(failure(VmnetSettings.host())).hasMessageStartingWith("vmnet_start_interface: no interface; ");
    }

    @Test
    void successWithoutParametersIsASuccess() throws Exception {
        mac.fault(SimulatedMac.Fault.START_NO_PARAMETERS, 1);
        VmnetInterface vmnet = start(VmnetSettings.shared());
        assertThat(vmnet.parameters().mtu()).isEqualTo(1500);
        assertThat(vmnet.parameters().maxPacketSize()).isEqualTo(1514);
        assertThat(vmnet.parameters().mac()).isNull();
        vmnet.stop();
    }

    @Test
    void anAnswerIsNotWaitedForLongAndAnInterfaceThatStartsTooLateIsStopped() {
        mac.fault(SimulatedMac.Fault.START_DELAY, -1);
        VmnetException failure = catchThrowableOfType(
                VmnetException.class, () -> VmnetInterface.start(mac.framework(), VmnetSettings.shared(), SOON));
        assertThat(failure).hasMessageStartingWith("vmnet_start_interface: no answer in 0 s; ");
        assertThat(mac.live(SimulatedMac.Kind.INTERFACE))
                .as("it is the framework's still")
                .isEqualTo(1);
        assertThat(mac.framework().blocks().open()).isEqualTo(1);
        mac.answerLatest();
        SimulatedMac.await("its end", () -> mac.live(SimulatedMac.Kind.INTERFACE) == 0);
        SimulatedMac.await("no callback", () -> mac.framework().blocks().open() == 0);
    }

    @Test
    void anAnswerThatTakesItsTimeIsTaken() throws Exception {
        mac.fault(SimulatedMac.Fault.START_DELAY, 300);
        start(VmnetSettings.shared()).stop();
    }

    @Test
    void aStopThatFails() throws Exception {
        VmnetInterface refused = start(VmnetSettings.shared());
        mac.fault(SimulatedMac.Fault.STOP_STATUS, VmnetStatus.FAILURE.code());
        assertThatThrownBy(refused::stop).hasMessageStartingWith("vmnet_stop_interface: VMNET_FAILURE");
        mac.fault(SimulatedMac.Fault.STOP_STATUS, 0);
        mac.stopLatest();

        VmnetInterface failed = start(VmnetSettings.shared());
        mac.fault(SimulatedMac.Fault.STOP_COMPLETION, VmnetStatus.SETUP_INCOMPLETE.code());
        assertThatThrownBy(failed::stop).hasMessageStartingWith("vmnet_stop_interface: VMNET_SETUP_INCOMPLETE");

        VmnetInterface silent = start(VmnetSettings.shared());
        mac.fault(SimulatedMac.Fault.STOP_COMPLETION, -1);
        assertThatThrownBy(() -> silent.stop(SOON)).hasMessageStartingWith("vmnet_stop_interface: no answer");
    }

    @Test
    void noMoreThanTheSystemHas() throws Exception {
        VmnetInterface[] all = new VmnetInterface[32];
        for (int i = 0; i < all.length; i++) {
            all[i] = start(VmnetSettings.shared());
        }
        assertThat(failure(VmnetSettings.shared())).hasMessageContaining("32 interfaces");
        for (VmnetInterface each : all) {
            each.stop();
        }
    }

    @Test
    void aListThatIsNotGiven() {
        mac.fault(SimulatedMac.Fault.LIST_NULL, 1);
        assertThatThrownBy(() -> mac.framework().sharedInterfaces())
                .hasMessageStartingWith("vmnet_copy_shared_interface_list: no answer");
    }

    @Test
    void portsAreForwarded() throws Exception {
        VmnetInterface vmnet = start(VmnetSettings.shared());
        PortForwarding web = new PortForwarding(false, 65_535, InetAddress.getByName("192.168.105.7"), 40_080);
        PortForwarding dns = new PortForwarding(true, 53, InetAddress.getByName("fd00::7"), 5353);
        assertThat(vmnet.forwardings(false)).isEmpty();
        vmnet.forward(web);
        vmnet.forward(dns);
        assertThat(vmnet.forwardings(false)).containsExactly(web);
        assertThat(vmnet.forwardings(true)).containsExactly(dns);
        assertThatThrownBy(() -> vmnet.forward(web))
                .hasMessageStartingWith("vmnet_interface_add_ip_port_forwarding_rule: VMNET_FAILURE");
        vmnet.endForwarding(web);
        assertThat(vmnet.forwardings(false)).isEmpty();
        assertThatThrownBy(() -> vmnet.endForwarding(web)).isInstanceOf(VmnetException.class);
        vmnet.stop();
    }
}
