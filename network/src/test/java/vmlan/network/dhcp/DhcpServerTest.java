package vmlan.network.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vmlan.packet.DhcpMessage;
import vmlan.packet.DhcpOptions;
import vmlan.packet.DomainName;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.MacAddress;

/// Scripts in the words of RFC 2131: a client sends, the server answers or keeps silent.
class DhcpServerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Ipv4Prefix NETWORK = Ipv4Prefix.parse("192.168.64.0/24");
    private static final Ipv4Address SERVER = Ipv4Address.parse("192.168.64.1");
    private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:0a");
    private static final MacAddress OTHER = MacAddress.parse("52:54:00:00:00:0b");

    private long now = 1_000_000 * SECOND;
    private Leases leases = leases(List.of());
    private DhcpServer server = server(leases, true);

    private static Leases leases(List<Lease> known) {
        return new Leases(NETWORK, ip(2), ip(254), known);
    }

    private static DhcpServer server(Leases leases, boolean router) {
        return new DhcpServer(
                new DhcpServer.Settings(
                        SERVER,
                        NETWORK,
                        router,
                        9000,
                        Optional.of(new DomainName("vmlan.internal")),
                        3600,
                        Optional.of(SERVER),
                        Optional.empty(),
                        List.of(new DomainName("vmlan.internal"))),
                leases);
    }

    private static Ipv4Address ip(int last) {
        return new Ipv4Address(0xc0a84000 | last);
    }

    private static DhcpMessage message(
            MacAddress mac, DhcpMessage.Type type, Ipv4Address client, boolean broadcast, DhcpOptions more) {
        DhcpOptions options = DhcpOptions.NONE.withByte(DhcpOptions.MESSAGE_TYPE, type.code());
        for (int code = 1; code < 255; code++) {
            int each = code;
            DhcpOptions before = options;
            options = more.bytes(code).map(value -> before.with(each, value)).orElse(options);
        }
        return new DhcpMessage(
                DhcpMessage.REQUEST,
                99,
                broadcast,
                client,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                mac,
                options);
    }

    private static DhcpMessage message(MacAddress mac, DhcpMessage.Type type, DhcpOptions more) {
        return message(mac, type, Ipv4Address.ANY, false, more);
    }

    private static DhcpOptions wish(Ipv4Address address) {
        return DhcpOptions.NONE.with(DhcpOptions.REQUESTED_ADDRESS, address);
    }

    private static DhcpOptions select(Ipv4Address address) {
        return wish(address).with(DhcpOptions.SERVER_ID, SERVER);
    }

    private DhcpServer.Reply answer(DhcpMessage request) {
        return server.answer(request, "port", now).orElseThrow();
    }

    private void expectSilence(DhcpMessage request) {
        assertThat(server.answer(request, "port", now)).isEmpty();
    }

    private void expectAck(DhcpMessage request, Ipv4Address address) {
        DhcpServer.Reply reply = answer(request);
        assertThat(reply.message().type()).contains(DhcpMessage.Type.ACK);
        assertThat(reply.message().yourAddress()).isEqualTo(address);
        assertThat(reply.message().options().number(DhcpOptions.LEASE_TIME)).isEqualTo(3600);
    }

    private void expectNak(DhcpMessage request) {
        DhcpServer.Reply reply = answer(request);
        assertThat(reply.message().type()).contains(DhcpMessage.Type.NAK);
        assertThat(reply.message().yourAddress()).isEqualTo(Ipv4Address.ANY);
        assertThat(reply.message().options().has(DhcpOptions.LEASE_TIME)).isFalse();
        assertThat(reply.to()).as("a NAK is always broadcast").isEqualTo(Ipv4Address.BROADCAST);
    }

    private void lease(MacAddress mac, Ipv4Address address) {
        answer(message(mac, DhcpMessage.Type.DISCOVER, wish(address)));
        expectAck(message(mac, DhcpMessage.Type.REQUEST, select(address)), address);
    }

    @Test
    void aDiscoverIsOfferedAnAddressAndTheSameOneAgain() {
        DhcpMessage discover = message(MAC, DhcpMessage.Type.DISCOVER, DhcpOptions.NONE);
        DhcpServer.Reply first = answer(discover);
        assertThat(first.message().type()).contains(DhcpMessage.Type.OFFER);
        assertThat(first.message().yourAddress()).isEqualTo(ip(2));
        assertThat(first.message().transaction()).isEqualTo(99);
        assertThat(first.message().operation()).isEqualTo(DhcpMessage.REPLY);
        assertThat(answer(discover)).as("a duplicate").isEqualTo(first);
        assertThat(leases.all()).isEmpty();
    }

    @Test
    void theAddressAskedForIsOfferedIfItIsFree() {
        lease(OTHER, ip(60));
        DhcpMessage discover = message(MAC, DhcpMessage.Type.DISCOVER, wish(ip(60)));
        assertThat(answer(discover).message().yourAddress()).isEqualTo(ip(2));
        DhcpMessage third = message(new MacAddress(7), DhcpMessage.Type.DISCOVER, wish(ip(77)));
        assertThat(answer(third).message().yourAddress()).isEqualTo(ip(77));
    }

    @Test
    void selecting() {
        answer(message(MAC, DhcpMessage.Type.DISCOVER, DhcpOptions.NONE));
        DhcpMessage request = message(MAC, DhcpMessage.Type.REQUEST, select(ip(2)));
        expectAck(request, ip(2));
        expectAck(request, ip(2));
        assertThat(leases.all()).containsExactly(new Lease(MAC, ip(2), null, now + 3600 * SECOND, now));
        expectNak(message(OTHER, DhcpMessage.Type.REQUEST, select(ip(2))));
        expectSilence(message(MAC, DhcpMessage.Type.REQUEST, DhcpOptions.NONE.with(DhcpOptions.SERVER_ID, SERVER)));
    }

    @Test
    void selectingAnotherServerFreesTheOffer() {
        answer(message(MAC, DhcpMessage.Type.DISCOVER, DhcpOptions.NONE));
        expectSilence(message(
                MAC, DhcpMessage.Type.REQUEST, wish(ip(2)).with(DhcpOptions.SERVER_ID, Ipv4Address.parse("10.0.0.1"))));
        assertThat(answer(message(OTHER, DhcpMessage.Type.DISCOVER, DhcpOptions.NONE))
                        .message()
                        .yourAddress())
                .isEqualTo(ip(2));
    }

    @Test
    void initReboot() {
        lease(MAC, ip(5));
        expectAck(message(MAC, DhcpMessage.Type.REQUEST, wish(ip(5))), ip(5));
        expectNak(message(MAC, DhcpMessage.Type.REQUEST, wish(ip(6))));
        expectNak(message(OTHER, DhcpMessage.Type.REQUEST, wish(ip(5))));
        expectNak(message(OTHER, DhcpMessage.Type.REQUEST, wish(Ipv4Address.parse("10.0.0.5"))));
    }

    @Test
    void renewingAndRebinding() {
        lease(MAC, ip(5));
        now += 1800 * SECOND;
        DhcpMessage renewal = message(MAC, DhcpMessage.Type.REQUEST, ip(5), false, DhcpOptions.NONE);
        expectAck(renewal, ip(5));
        assertThat(answer(renewal).to()).as("unicast to who has the address").isEqualTo(ip(5));
        assertThat(leases.of(MAC).orElseThrow().expiresNanos()).isEqualTo(now + 3600 * SECOND);
        expectNak(message(OTHER, DhcpMessage.Type.REQUEST, ip(5), false, DhcpOptions.NONE));
        expectNak(message(MAC, DhcpMessage.Type.REQUEST, ip(6), false, DhcpOptions.NONE));
    }

    @Test
    void aServerThatLostItsLeasesLetsAClientKeepItsAddressIfItIsFree() {
        lease(MAC, ip(5));
        leases = leases(List.of());
        leases.reserve(OTHER, ip(6), null);
        server = server(leases, true);
        expectAck(message(MAC, DhcpMessage.Type.REQUEST, ip(5), false, DhcpOptions.NONE), ip(5));
        expectAck(message(new MacAddress(7), DhcpMessage.Type.REQUEST, wish(ip(7))), ip(7));
        expectNak(message(new MacAddress(8), DhcpMessage.Type.REQUEST, wish(ip(6))));
        expectNak(message(new MacAddress(8), DhcpMessage.Type.REQUEST, wish(ip(5))));
    }

    @Test
    void theGatewaysAndTheBroadcastAddressAreNobodys() {
        expectNak(message(MAC, DhcpMessage.Type.REQUEST, wish(SERVER)));
        expectNak(message(MAC, DhcpMessage.Type.REQUEST, wish(ip(255))));
        expectNak(message(MAC, DhcpMessage.Type.REQUEST, wish(ip(0))));
        expectNak(message(MAC, DhcpMessage.Type.REQUEST, ip(255), false, DhcpOptions.NONE));
    }

    @Test
    void aDeclinedAddressIsSetAside() {
        lease(MAC, ip(2));
        expectSilence(message(MAC, DhcpMessage.Type.DECLINE, select(ip(2))));
        assertThat(answer(message(MAC, DhcpMessage.Type.DISCOVER, DhcpOptions.NONE))
                        .message()
                        .yourAddress())
                .isEqualTo(ip(3));
        assertThat(answer(message(OTHER, DhcpMessage.Type.DISCOVER, wish(ip(2))))
                        .message()
                        .yourAddress())
                .isEqualTo(ip(4));
    }

    @Test
    void aDeclineToAnotherServerIsNotOurs() {
        lease(MAC, ip(2));
        expectSilence(message(MAC, DhcpMessage.Type.DECLINE, wish(ip(2))));
        assertThat(leases.of(MAC)).isPresent();
    }

    @Test
    void aReleasedAddressStaysWithItsClient() {
        lease(MAC, ip(2));
        expectSilence(message(
                MAC, DhcpMessage.Type.RELEASE, ip(2), false, DhcpOptions.NONE.with(DhcpOptions.SERVER_ID, SERVER)));
        assertThat(leases.of(MAC).orElseThrow().expiresNanos()).isEqualTo(now);
        assertThat(answer(message(OTHER, DhcpMessage.Type.DISCOVER, DhcpOptions.NONE))
                        .message()
                        .yourAddress())
                .isEqualTo(ip(3));
        assertThat(answer(message(MAC, DhcpMessage.Type.DISCOVER, DhcpOptions.NONE))
                        .message()
                        .yourAddress())
                .isEqualTo(ip(2));
    }

    @Test
    void anInformGetsParametersAndNoLease() {
        DhcpServer.Reply reply = answer(message(MAC, DhcpMessage.Type.INFORM, ip(9), false, DhcpOptions.NONE));
        assertThat(reply.message().type()).contains(DhcpMessage.Type.ACK);
        assertThat(reply.message().yourAddress()).isEqualTo(Ipv4Address.ANY);
        assertThat(reply.message().options().has(DhcpOptions.LEASE_TIME)).isFalse();
        assertThat(reply.message().options().address(DhcpOptions.ROUTER)).contains(SERVER);
        assertThat(reply.to()).isEqualTo(ip(9));
        assertThat(leases.all()).isEmpty();
        expectSilence(message(MAC, DhcpMessage.Type.INFORM, Ipv4Address.parse("10.0.0.9"), false, DhcpOptions.NONE));
        expectSilence(message(MAC, DhcpMessage.Type.INFORM, DhcpOptions.NONE));
    }

    @Test
    void theReplyGoesWhereRfc2131Section41SaysItGoes() {
        assertThat(answer(message(MAC, DhcpMessage.Type.DISCOVER, Ipv4Address.ANY, true, DhcpOptions.NONE))
                        .to())
                .isEqualTo(Ipv4Address.BROADCAST);
        assertThat(answer(message(MAC, DhcpMessage.Type.DISCOVER, DhcpOptions.NONE))
                        .to())
                .isEqualTo(ip(2));
    }

    @Test
    void theOptionsOfALease() {
        DhcpOptions options = answer(message(MAC, DhcpMessage.Type.DISCOVER, DhcpOptions.NONE))
                .message()
                .options();
        assertThat(options.address(DhcpOptions.SERVER_ID)).contains(SERVER);
        assertThat(options.address(DhcpOptions.SUBNET_MASK)).contains(Ipv4Address.parse("255.255.255.0"));
        assertThat(options.address(DhcpOptions.ROUTER)).contains(SERVER);
        assertThat(options.number(DhcpOptions.LEASE_TIME)).isEqualTo(3600);
        assertThat(options.number(DhcpOptions.RENEWAL_TIME)).isEqualTo(1800);
        assertThat(options.number(DhcpOptions.REBINDING_TIME)).isEqualTo(3150);
        assertThat(options.number(DhcpOptions.INTERFACE_MTU)).isEqualTo(9000);
        assertThat(options.text(DhcpOptions.DOMAIN_NAME)).contains("vmlan.internal");
        assertThat(options.bytes(DhcpOptions.DOMAIN_SEARCH).orElseThrow())
                .isEqualTo(new DomainName("vmlan.internal").wire());
        assertThat(options.address(DhcpOptions.DOMAIN_NAME_SERVER)).contains(SERVER);
        assertThat(options.has(DhcpOptions.CLIENT_ID)).isFalse();
    }

    @Test
    void theParameterRequestListIsHonoured() {
        DhcpOptions list = DhcpOptions.NONE.with(DhcpOptions.PARAMETER_LIST, new byte[] {1, 28, 6, 3, (byte) 252});
        DhcpOptions options =
                answer(message(MAC, DhcpMessage.Type.DISCOVER, list)).message().options();
        assertThat(options.address(DhcpOptions.BROADCAST_ADDRESS)).contains(ip(255));
        assertThat(options.has(DhcpOptions.ROUTER)).isTrue();
        assertThat(options.has(DhcpOptions.INTERFACE_MTU)).isFalse();
        assertThat(options.has(DhcpOptions.DOMAIN_NAME)).isFalse();
    }

    @Test
    void aNetworkWithoutAWayOutNamesNoRouter() {
        server = server(leases, false);
        assertThat(answer(message(MAC, DhcpMessage.Type.DISCOVER, DhcpOptions.NONE))
                        .message()
                        .options()
                        .has(DhcpOptions.ROUTER))
                .isFalse();
    }

    @Test
    void theClientIdentifierIsSentBackAsRfc6842HasIt() {
        byte[] id = {1, 2, 3};
        DhcpOptions options = DhcpOptions.NONE.with(DhcpOptions.CLIENT_ID, id);
        assertThat(answer(message(MAC, DhcpMessage.Type.DISCOVER, options))
                        .message()
                        .options()
                        .bytes(DhcpOptions.CLIENT_ID))
                .hasValueSatisfying(echoed -> assertThat(echoed).isEqualTo(id));
        assertThat(answer(message(OTHER, DhcpMessage.Type.REQUEST, wish(SERVER).with(DhcpOptions.CLIENT_ID, id)))
                        .message()
                        .options()
                        .bytes(DhcpOptions.CLIENT_ID))
                .isPresent();
    }

    @Test
    void aReplyIsNoLongerThanTheClientTakes() {
        byte[] id = new byte[255];
        DhcpOptions options = DhcpOptions.NONE.with(DhcpOptions.CLIENT_ID, id);
        DhcpMessage reply =
                answer(message(MAC, DhcpMessage.Type.DISCOVER, options)).message();
        assertThat(reply.length()).isLessThanOrEqualTo(548);
        DhcpOptions wide = options.withShort(DhcpOptions.MAX_MESSAGE_SIZE, 1500);
        assertThat(answer(message(MAC, DhcpMessage.Type.DISCOVER, wide))
                        .message()
                        .options()
                        .has(DhcpOptions.DOMAIN_SEARCH))
                .isTrue();
    }

    private String nameAfter(DhcpOptions options) {
        answer(message(MAC, DhcpMessage.Type.DISCOVER, DhcpOptions.NONE));
        expectAck(
                message(MAC, DhcpMessage.Type.REQUEST, wish(ip(2)).with(DhcpOptions.CLIENT_ID, new byte[] {1})), ip(2));
        DhcpOptions all = select(ip(2));
        for (int code : new int[] {DhcpOptions.HOST_NAME, DhcpOptions.CLIENT_FQDN}) {
            DhcpOptions before = all;
            all = options.bytes(code).map(value -> before.with(code, value)).orElse(all);
        }
        expectAck(message(MAC, DhcpMessage.Type.REQUEST, all), ip(2));
        return leases.of(MAC).orElseThrow().name();
    }

    @Test
    void theHostNameIsTakenWhenItIsADnsLabel() {
        assertThat(nameAfter(DhcpOptions.NONE.with(DhcpOptions.HOST_NAME, "Web-1")))
                .isEqualTo("web-1");
        assertThat(nameAfter(DhcpOptions.NONE.with(DhcpOptions.HOST_NAME, "web-2.example.org\0")))
                .isEqualTo("web-2");
        assertThat(nameAfter(DhcpOptions.NONE.with(DhcpOptions.HOST_NAME, "../../etc")))
                .as("stays")
                .isEqualTo("web-2");
        assertThat(nameAfter(DhcpOptions.NONE.with(DhcpOptions.HOST_NAME, "localhost")))
                .isNull();
    }

    @Test
    void theFullyQualifiedNameIsTakenInBothForms() {
        byte[] ascii = {0, 0, 0, 'w', 'e', 'b', '.', 'o', 'r', 'g'};
        assertThat(nameAfter(DhcpOptions.NONE.with(DhcpOptions.CLIENT_FQDN, ascii)))
                .isEqualTo("web");
        byte[] wire = {4, 0, 0, 3, 'f', 't', 'p', 3, 'o', 'r', 'g', 0};
        assertThat(nameAfter(DhcpOptions.NONE.with(DhcpOptions.CLIENT_FQDN, wire)))
                .isEqualTo("ftp");
        byte[] broken = {4, 0, 0, 9, 'f', 't', 'p'};
        assertThat(nameAfter(DhcpOptions.NONE.with(DhcpOptions.CLIENT_FQDN, broken)))
                .isEqualTo("ftp");
    }

    @Test
    void silenceForWhatIsNotForAServerOnThisLink() {
        DhcpMessage discover = message(MAC, DhcpMessage.Type.DISCOVER, DhcpOptions.NONE);
        expectSilence(new DhcpMessage(
                DhcpMessage.REPLY,
                1,
                false,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                MAC,
                discover.options()));
        expectSilence(new DhcpMessage(
                DhcpMessage.REQUEST,
                1,
                false,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                ip(9),
                MAC,
                discover.options()));
        expectSilence(message(MacAddress.BROADCAST, DhcpMessage.Type.DISCOVER, DhcpOptions.NONE));
        expectSilence(message(new MacAddress(0), DhcpMessage.Type.DISCOVER, DhcpOptions.NONE));
        expectSilence(message(MAC, DhcpMessage.Type.OFFER, DhcpOptions.NONE));
        expectSilence(message(MAC, DhcpMessage.Type.ACK, DhcpOptions.NONE));
        expectSilence(message(MAC, DhcpMessage.Type.REQUEST, DhcpOptions.NONE));
        assertThat(leases.all()).isEmpty();
    }

    @Test
    void aVmsAddressIsNotGivenToAnotherPortThatSpeaksForItsMac() {
        Ipv4Address kept = leases.reserve(MAC, null, "web", "web-0").orElseThrow();
        assertThat(server.answer(message(MAC, DhcpMessage.Type.DISCOVER, DhcpOptions.NONE), "thief-0", now))
                .isEmpty();
        assertThat(server.answer(message(MAC, DhcpMessage.Type.REQUEST, select(kept)), "thief-0", now))
                .isEmpty();
        assertThat(leases.of(MAC)).isEmpty();
        assertThat(server.answer(message(MAC, DhcpMessage.Type.REQUEST, select(kept)), "web-0", now))
                .isPresent();
        server.answer(
                message(
                        MAC,
                        DhcpMessage.Type.RELEASE,
                        kept,
                        false,
                        DhcpOptions.NONE.with(DhcpOptions.SERVER_ID, SERVER)),
                "thief-0",
                now);
        assertThat(leases.of(MAC).orElseThrow().expiresNanos()).isGreaterThan(now);
    }

    @Test
    void aStoppedVmsAddressIsKeptForItAndItsMacMayComeFromAnyPortAgain() {
        Ipv4Address kept = leases.reserve(MAC, null, "web", "web-0").orElseThrow();
        server.answer(message(MAC, DhcpMessage.Type.REQUEST, select(kept)), "web-0", now);
        leases.unreserve(MAC);
        assertThat(leases.of(MAC).orElseThrow().name()).isEqualTo("web");
        assertThat(server.answer(message(OTHER, DhcpMessage.Type.DISCOVER, wish(kept)), "b", now)
                        .orElseThrow()
                        .message()
                        .yourAddress())
                .isNotEqualTo(kept);
        assertThat(server.answer(message(MAC, DhcpMessage.Type.REQUEST, select(kept)), "b", now))
                .isPresent();
    }

    @Test
    void anAddressThatAStoppedVmNeverAskedForIsFree() {
        Ipv4Address kept = leases.reserve(MAC, null, "web", "web-0").orElseThrow();
        leases.unreserve(MAC);
        assertThat(leases.reserve(OTHER, kept, "db", "db-0")).contains(kept);
    }
}
