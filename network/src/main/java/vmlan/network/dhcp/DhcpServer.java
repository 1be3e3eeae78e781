package vmlan.network.dhcp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import vmlan.packet.DhcpMessage;
import vmlan.packet.DhcpOptions;
import vmlan.packet.DomainName;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;

/// The rules of a DHCPv4 server. Read RFC 2131 §4.3 first.
///
/// It is the network's only one, so it is *authoritative*: where RFC 2131 lets a server that knows nothing
/// of a client keep silent, this one answers. A client whose address is free keeps it, also when the leases
/// were lost; any other gets a NAK and starts anew at once instead of waiting for its time to run out.
///
/// A client is its `chaddr`. The client identifier is only sent back (RFC 6842): a boot loader and the
/// system that it starts have different ones and are the same guest.
public final class DhcpServer {
    /// How long an offer is kept for its client, which waits for others for some seconds (RFC 2131 §4.4.1).
    static final long OFFER_NANOS = 60_000_000_000L;

    /// What a client takes at least, IP and UDP header included (RFC 2131 §2).
    private static final int MIN_MAX_DATAGRAM = 576;

    private static final int IP_AND_UDP = 28;
    private static final int FLAG_ENCODED = 4;

    /// What goes to a client that names no parameters.
    private static final byte[] USUAL_PARAMETERS = {
        DhcpOptions.ROUTER,
        DhcpOptions.DOMAIN_NAME_SERVER,
        DhcpOptions.HOST_NAME,
        DhcpOptions.DOMAIN_NAME,
        DhcpOptions.INTERFACE_MTU,
        DhcpOptions.DOMAIN_SEARCH
    };

    private final Settings settings;
    private final Leases leases;
    private int leaseSeconds;

    /// What the clients are told.
    ///
    /// @param address the server's own, and the router's
    /// @param router whether there is a way out
    /// @param leaseSeconds at first; see [#leaseSeconds]
    /// @param resolver who answers DNS
    /// @param hostName what the guest is to be called
    /// @param search domains for short names; as many are told as there is room for
    public record Settings(
            Ipv4Address address,
            Ipv4Prefix network,
            boolean router,
            int mtu,
            Optional<DomainName> domain,
            int leaseSeconds,
            Optional<Ipv4Address> resolver,
            Optional<String> hostName,
            List<DomainName> search) {}

    /// A message and where it goes.
    ///
    /// @param to broadcast, or the client's address, which it may not answer ARP for yet
    public record Reply(DhcpMessage message, Ipv4Address to) {}

    public DhcpServer(Settings settings, Leases leases) {
        this.settings = settings;
        this.leases = leases;
        this.leaseSeconds = settings.leaseSeconds();
        leases.withhold(settings.address());
    }

    /// Leases are as long from now on; a guest learns so when it renews its own.
    public void leaseSeconds(int seconds) {
        leaseSeconds = seconds;
    }

    /// Answers a client, or keeps silent.
    ///
    /// @param port the name of the port of the switch that the message came by
    public Optional<Reply> answer(DhcpMessage request, String port, long now) {
        Optional<DhcpMessage.Type> type = request.type();
        if (request.operation() != DhcpMessage.REQUEST
                || !request.relayAddress().equals(Ipv4Address.ANY)
                || request.clientMac().isGroup()
                || request.clientMac().bits() == 0
                // a VM speaks for its own MAC only, by its own port
                || !leases.mayAsk(request.clientMac(), port)
                || type.isEmpty()) {
            return Optional.empty();
        }
        return switch (type.get()) {
            case DISCOVER -> discover(request, port, now);
            case REQUEST -> request(request, port, now);
            case INFORM -> inform(request);
            case DECLINE -> {
                // RFC 2131 §4.3.3
                if (isForUs(request)) {
                    request.options()
                            .address(DhcpOptions.REQUESTED_ADDRESS)
                            .ifPresent(address -> leases.decline(request.clientMac(), address, port, now));
                }
                yield Optional.empty();
            }
            case RELEASE -> {
                // RFC 2131 §4.3.4: "SHOULD retain a record of the client's initialization parameters"
                if (isForUs(request)) {
                    leases.release(request.clientMac(), request.clientAddress(), port, now);
                }
                yield Optional.empty();
            }
            case OFFER, ACK, NAK -> Optional.empty();
        };
    }

    private boolean isForUs(DhcpMessage request) {
        return request.options()
                .address(DhcpOptions.SERVER_ID)
                .filter(settings.address()::equals)
                .isPresent();
    }

    /// RFC 2131 §4.3.1.
    private Optional<Reply> discover(DhcpMessage request, String port, long now) {
        return leases.offer(
                        request.clientMac(),
                        request.options().address(DhcpOptions.REQUESTED_ADDRESS),
                        port,
                        OFFER_NANOS,
                        now)
                .map(address -> reply(request, DhcpMessage.Type.OFFER, address));
    }

    /// RFC 2131 §4.3.2: which of the four states the client is in shows in what it fills in.
    private Optional<Reply> request(DhcpMessage request, String port, long now) {
        Optional<Ipv4Address> server = request.options().address(DhcpOptions.SERVER_ID);
        Optional<Ipv4Address> wish = request.options().address(DhcpOptions.REQUESTED_ADDRESS);
        if (server.isPresent() && !server.get().equals(settings.address())) {
            leases.withdrawOffer(request.clientMac()); // SELECTING, and it selected another
            return Optional.empty();
        }
        // SELECTING and INIT-REBOOT name the address in the option, RENEWING and REBINDING in ciaddr
        Optional<Ipv4Address> address =
                wish.or(() -> Optional.of(request.clientAddress()).filter(client -> !client.equals(Ipv4Address.ANY)));
        if (address.isEmpty()) {
            return Optional.empty();
        }
        if (!settings.network().contains(address.get())
                || !leases.claim(request.clientMac(), address.get(), port, now)) {
            return Optional.of(refusal(request));
        }
        leases.acknowledge(request.clientMac(), hostName(request), port, now, now + leaseSeconds * 1_000_000_000L);
        return Optional.of(reply(request, DhcpMessage.Type.ACK, address.get()));
    }

    /// RFC 2131 §4.3.5: parameters for a client with an address from elsewhere; no lease, no yiaddr.
    private Optional<Reply> inform(DhcpMessage request) {
        return settings.network().contains(request.clientAddress())
                ? Optional.of(reply(request, DhcpMessage.Type.ACK, Ipv4Address.ANY))
                : Optional.empty();
    }

    private Reply reply(DhcpMessage request, DhcpMessage.Type type, Ipv4Address yours) {
        DhcpOptions options = DhcpOptions.NONE
                .withByte(DhcpOptions.MESSAGE_TYPE, type.code())
                .with(DhcpOptions.SERVER_ID, settings.address());
        if (!yours.equals(Ipv4Address.ANY)) {
            int lease = leaseSeconds;
            // T1 and T2 by the shares of RFC 2131 §4.4.5
            options = options.withInt(DhcpOptions.LEASE_TIME, lease)
                    .withInt(DhcpOptions.RENEWAL_TIME, lease / 2)
                    .withInt(DhcpOptions.REBINDING_TIME, (int) (lease * 7L / 8));
        }
        options = withClientId(
                request,
                options.with(DhcpOptions.SUBNET_MASK, settings.network().mask()));
        return addressed(request, type, yours, withParameters(request, options));
    }

    private Reply refusal(DhcpMessage request) {
        DhcpOptions options = DhcpOptions.NONE
                .withByte(DhcpOptions.MESSAGE_TYPE, DhcpMessage.Type.NAK.code())
                .with(DhcpOptions.SERVER_ID, settings.address())
                .with(DhcpOptions.MESSAGE, "this address is not for you");
        return addressed(request, DhcpMessage.Type.NAK, Ipv4Address.ANY, withClientId(request, options));
    }

    /// RFC 6842 §3.
    private static DhcpOptions withClientId(DhcpMessage request, DhcpOptions options) {
        return request.options()
                .bytes(DhcpOptions.CLIENT_ID)
                .map(id -> options.with(DhcpOptions.CLIENT_ID, id))
                .orElse(options);
    }

    /// What the client asks for, in its order, as long as it fits into what the client takes.
    private DhcpOptions withParameters(DhcpMessage request, DhcpOptions options) {
        long size = Math.max(MIN_MAX_DATAGRAM, request.options().number(DhcpOptions.MAX_MESSAGE_SIZE));
        // the fixed part with its cookie, and the end option
        long room = Math.min(size, settings.mtu()) - IP_AND_UDP - 241;
        DhcpOptions all = options;
        for (byte code : request.options().bytes(DhcpOptions.PARAMETER_LIST).orElse(USUAL_PARAMETERS)) {
            DhcpOptions more =
                    code == DhcpOptions.DOMAIN_SEARCH ? withSearch(all, room) : withParameter(code & 0xff, all);
            all = more.length() <= room ? more : all;
        }
        return all;
    }

    private DhcpOptions withParameter(int code, DhcpOptions options) {
        return switch (code) {
            case DhcpOptions.ROUTER -> settings.router() ? options.with(code, settings.address()) : options;
            case DhcpOptions.DOMAIN_NAME_SERVER ->
                settings.resolver().map(server -> options.with(code, server)).orElse(options);
            case DhcpOptions.HOST_NAME ->
                settings.hostName().map(name -> options.with(code, name)).orElse(options);
            case DhcpOptions.BROADCAST_ADDRESS ->
                options.with(code, settings.network().broadcast());
            case DhcpOptions.INTERFACE_MTU -> options.withShort(code, settings.mtu());
            case DhcpOptions.DOMAIN_NAME ->
                settings.domain().map(name -> options.with(code, name.text())).orElse(options);
            default -> options;
        };
    }

    /// RFC 3397 §2: the names one behind the other. Nothing is compressed, which a client has to understand and some do
    /// not; the last ones stay behind where there is no room.
    private DhcpOptions withSearch(DhcpOptions options, long room) {
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        DhcpOptions all = options;
        for (DomainName name : settings.search()) {
            names.writeBytes(name.wire());
            DhcpOptions more = options.with(DhcpOptions.DOMAIN_SEARCH, names.toByteArray());
            if (more.length() > room) {
                break;
            }
            all = more;
        }
        return all;
    }

    /// RFC 2131 §4.1: where a reply goes.
    private Reply addressed(DhcpMessage request, DhcpMessage.Type type, Ipv4Address yours, DhcpOptions options) {
        boolean hasAddress = !request.clientAddress().equals(Ipv4Address.ANY);
        Ipv4Address to;
        if (type == DhcpMessage.Type.NAK) {
            to = Ipv4Address.BROADCAST;
        } else if (hasAddress) {
            to = request.clientAddress();
        } else {
            to = request.broadcast() ? Ipv4Address.BROADCAST : yours;
        }
        DhcpMessage message = new DhcpMessage(
                DhcpMessage.REPLY,
                request.transaction(),
                request.broadcast(),
                type == DhcpMessage.Type.ACK ? request.clientAddress() : Ipv4Address.ANY,
                yours,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                request.clientMac(),
                options);
        return new Reply(message, to);
    }

    /// The first label of what the guest calls itself, by the newer option or the older one.
    private static Optional<String> hostName(DhcpMessage request) {
        return request.options()
                .bytes(DhcpOptions.CLIENT_FQDN)
                .flatMap(DhcpServer::fullyQualified)
                .or(() -> request.options().text(DhcpOptions.HOST_NAME))
                .map(name -> name.toLowerCase(Locale.ROOT).split("\\.", 2)[0])
                .filter(DomainName::isLabel);
    }

    /// RFC 4702 §2: flags, two codes of no use, then the name, in DNS form where flag E says so.
    private static Optional<String> fullyQualified(byte[] value) {
        int at = 3;
        if (value.length <= at) {
            return Optional.empty();
        }
        if ((value[0] & FLAG_ENCODED) == 0) {
            return Optional.of(new String(value, at, value.length - at, StandardCharsets.ISO_8859_1));
        }
        int length = value[at] & 0xff;
        return at + 1 + length <= value.length
                ? Optional.of(new String(value, at + 1, length, StandardCharsets.ISO_8859_1))
                : Optional.empty();
    }
}
