package vmlan.network.uplink;

import java.nio.ByteBuffer;
import java.util.Collection;
import vmlan.network.DropReason;
import vmlan.network.FrameSink;
import vmlan.network.Frames;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.packet.EthernetHeader;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// The port of the switch behind which the LAN and the host are.
///
/// ```
///             ┌────────────── this port ───────────────┐
///  guest ─┐   │  accept ─ learn addresses               │       to the NIC's MAC: host
///  guest ─┼─ Switch ▶──┬─────────────────────────────▶ Wire ──▶ to a group: host and LAN
///  guest ─┘   │        └─ MacTranslation.out ─▶        │       all else: LAN
///             │  received:                              │
///         Switch ◀──┬────── from the host, as it is ◀─ Wire ◀── what the NIC has sent for the host
///             │     ├────── from the LAN, as it is ◀── │ ◀───── what the NIC has received
///             │     └────── MacTranslation.in ◀─────── │
///             └─────────────────────────────────────────┘
/// ```
///
/// The NIC is the host's, too. Two paths lead to it, which the [Wire] keeps apart: onto the LAN, and into
/// the host's own receive path, since the host does not hear what its NIC sends. The host's MAC and the
/// NIC's are one. What goes into the host's receive path is seen again as received; so is, on Wi-Fi, each
/// multicast that an access point repeats. Both are told by their source, and dropped.
///
/// With translation, which a NIC needs that carries only frames of its own MAC, guests are on the LAN
/// behind that MAC ([MacTranslation]); the host sees the guests' own all the same.
///
/// Trust: frames of guests and of the LAN are hostile. A guest cannot take the NIC's MAC, which is pinned
/// to this port, nor, with translation, the host's IP addresses: answers to them would not reach the host.
/// A station of the LAN cannot take a guest's MAC. What the LAN sends is checked as a guest's frames are.
public final class Uplink implements FrameSink {
    private static final long NO_MAC = 0;
    private static final int DEFAULT_MTU = 1500;

    private final Switch network;
    private final SwitchPort port;
    private final Wire wire;
    private final AddressTable addresses;
    private final boolean translate;
    private final AddressLearner learner;
    private final MacTranslation translation;
    private final Announcer announcer;
    private final WantedFrames wanted;
    private long nicMac = NO_MAC;
    private int maxLength = EthernetHeader.LENGTH + DEFAULT_MTU;

    /// Connects itself to the switch. Until [#nic] is called, nothing passes.
    ///
    /// @param addresses may be read by others between two calls
    /// @param translate whether guests share the NIC's MAC
    public Uplink(Switch network, Wire wire, AddressTable addresses, boolean translate, long now) {
        this.network = network;
        this.wire = wire;
        this.addresses = addresses;
        this.translate = translate;
        port = network.connect("uplink", false, self -> this);
        learner = new AddressLearner(addresses);
        translation = new MacTranslation(network, port, addresses);
        announcer = new Announcer(wire, port, addresses, translate);
        wanted = new WantedFrames(network, port, wire, addresses, translate, now);
    }

    public SwitchPort port() {
        return port;
    }

    /// The NIC's own MAC and addresses, at the start and whenever they change.
    public void nic(long mac, Collection<Ipv4Address> ipv4, Collection<Ipv6Address> ipv6, int mtu, long now) {
        if (mac != nicMac && nicMac != NO_MAC) {
            network.unpin(port, new MacAddress(nicMac));
            if (translate) {
                announcer.start(now); // the guests have moved with it
            }
        }
        if (mac != nicMac) {
            network.pin(port, new MacAddress(mac), now);
        }
        nicMac = mac;
        maxLength = EthernetHeader.LENGTH + mtu;
        addresses.own(ipv4, ipv6);
        translation.nic(mac);
        announcer.nic(mac);
        wanted.nic(mac);
    }

    /// A frame from the NIC; may be changed where it lies. The four bytes before it hold its length. The caller
    /// flushes the switch when there are no more.
    ///
    /// @param fromHost whether the host itself sends it
    public void received(ByteBuffer buffer, int offset, int length, boolean fromHost, long now) {
        if (nicMac == NO_MAC) {
            return;
        }
        if (length < Frames.MIN_LENGTH || length > Frames.MAX_LENGTH) {
            network.receive(port, buffer, offset, length, now); // which counts it
            return;
        }
        long source = EthernetHeader.source(buffer, offset);
        if ((source != nicMac || fromHost) && isForUs(source, buffer, offset, length, fromHost, now)) {
            if (addresses.hasTests()) {
                learner.objection(buffer, offset, length);
            }
            network.receive(port, buffer, offset, length, now);
        }
    }

    /// Whether somebody behind the other ports is to have it. If so, and need be, it has got the
    /// destination.
    ///
    /// A frame to a group that has a station of ours as source is one that comes back. One to a station of
    /// ours never is; there, a guest may have used the MAC of the LAN's router, which must not silence it:
    /// the switch decides, and drops it when the MAC is pinned.
    private boolean isForUs(long source, ByteBuffer buffer, int offset, int length, boolean fromHost, long now) {
        long destination = EthernetHeader.destination(buffer, offset);
        if (MacAddress.isGroup(destination)) {
            return !network.isBehindOther(port, source, now);
        }
        if (destination != nicMac) {
            return network.isBehindOther(port, destination, now);
        }
        return translate
                && !fromHost
                && translation.in(buffer, offset, length, now)
                && !(isToGroup(buffer, offset) && network.isBehindOther(port, source, now));
    }

    private static boolean isToGroup(ByteBuffer buffer, int offset) {
        return MacAddress.isGroup(EthernetHeader.destination(buffer, offset));
    }

    @Override
    public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
        long destination = EthernetHeader.destination(buffer, offset);
        if (EthernetHeader.source(buffer, offset) == nicMac) {
            from.drop(DropReason.SPOOFED);
            return;
        }
        if (!learner.learn(from, buffer, offset, length, now) && translate) {
            from.drop(DropReason.SPOOFED);
            return;
        }
        if (nicMac == NO_MAC) {
            port.drop(DropReason.NOT_ATTACHED);
            return;
        }
        if (length > maxLength && length > maxLength + tagLength(buffer, offset)) {
            from.drop(DropReason.TOO_LONG);
            return;
        }
        boolean isToNic = destination == nicMac;
        boolean isSent = (isToNic || MacAddress.isGroup(destination)) && isTaken(wire.toHost(buffer, offset, length));
        if (!isToNic) {
            isSent |= toLan(from, buffer, offset, length, now);
        }
        if (isSent) {
            port.transmitted(1, length);
        }
    }

    /// A tag comes on top of the MTU (IEEE 802.3 §3.2.7: "envelope").
    private static int tagLength(ByteBuffer buffer, int offset) {
        int type = EthernetHeader.type(buffer, offset);
        return type == EthernetHeader.TYPE_VLAN || type == EthernetHeader.TYPE_SERVICE_VLAN
                ? EthernetHeader.TAG_LENGTH
                : 0;
    }

    private boolean toLan(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
        if (!translate) {
            return isTaken(wire.toLan(buffer, offset, length));
        }
        if (!translation.out(buffer, offset, length, now)) {
            from.drop(DropReason.UNANSWERED);
            return false;
        }
        return isTaken(wire.toLan(translation.scratch(), 0, length));
    }

    private boolean isTaken(boolean taken) {
        if (!taken) {
            port.drop(DropReason.QUEUE_FULL);
        }
        return taken;
    }

    @Override
    public void flush() {
        wire.flush();
    }

    /// Tells the LAN where the guests are: gratuitous ARP and unsolicited neighbour advertisements for
    /// every address, in this and the next ticks.
    public void announce(long now) {
        announcer.start(now);
    }

    /// What is due; flushes the switch.
    public void tick(long now) {
        addresses.tick(now);
        if (nicMac != NO_MAC) {
            announcer.lookForNew(now);
            announcer.tick(now);
        }
        wanted.tick(now);
        network.flush();
        wire.flush();
    }

    /// How long nothing will be due; 0 when something is. It has to be asked anew after frames have come in.
    public long nanosToTick(long now) {
        long announcement = nicMac == NO_MAC ? Long.MAX_VALUE : announcer.nanosToTick(now);
        return Math.min(addresses.nanosToTick(now), Math.min(announcement, wanted.nanosToTick(now)));
    }
}
