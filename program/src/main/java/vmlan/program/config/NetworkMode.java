package vmlan.program.config;

import java.util.Locale;

/// How far a network reaches.
public enum NetworkMode {
    /// Guests, gateway, and the outside by NAT; with rights, the host too, directly.
    SHARED,
    /// Guests, gateway and the host, by a tap that has the gateway's addresses.
    HOST,
    /// Guests and gateway only.
    PRIVATE,
    /// Guests on the LAN of one of the host's NICs: addresses come from there.
    BRIDGED,
    /// Guests behind Apple's own NAT, by vmnet: macOS gives the addresses, and the host reaches the guests.
    VMNET_SHARED,
    /// Guests and host on a segment of Apple's, by vmnet: macOS gives the addresses. A Mac has no taps, so that this is
    /// what [#HOST] means there.
    VMNET_HOST,
    /// Guests only, and nothing between them but the switch: no gateway, no addresses. What QEMU's
    /// `vmnet-host,net-uuid=` means; not for networks.yaml.
    SWITCH,
    /// The network of one VM, as QEMU's `user` has it (`vmlan qemu --engine`): gateway and NAT, with addresses that
    /// any number of such networks may have; not for networks.yaml.
    USER,
    /// Our gateway as the router of a LAN behind a NIC; the host's kernel forwards. What `vmlan demo` has for a
    /// router where dnsmasq is not installed; not for `--net`.
    ROUTER;

    /// As it stands in files and answers.
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The same without who gives it: Apple's shared network is a shared one.
    public String reach() {
        return switch (this) {
            case VMNET_SHARED -> SHARED.key();
            case VMNET_HOST -> HOST.key();
            default -> key();
        };
    }

    /// Whether our gateway gives out addresses there.
    public boolean hasGateway() {
        return !isOfOthers() && this != SWITCH;
    }

    /// Whether names, published ports and, where it is a router, the outside are the gateway's own work; behind a
    /// [#ROUTER] the host's kernel does all that.
    public boolean hasNat() {
        return hasGateway() && this != ROUTER;
    }

    /// Whether the LAN or the host's system gives the addresses, behind an uplink.
    public boolean isOfOthers() {
        return this == BRIDGED || isApples();
    }

    /// Whether it is one of Apple's own networks.
    public boolean isApples() {
        return this == VMNET_SHARED || this == VMNET_HOST;
    }

    /// Whether it leads to somebody else's segment: a LAN, or one of Apple's.
    public boolean hasUplink() {
        return isOfOthers() || this == ROUTER;
    }

    /// Whether a NIC of the host belongs to it.
    public boolean hasNic() {
        return this == BRIDGED || this == ROUTER;
    }

    /// Whether the host has a tap on it where there are rights for one.
    public boolean hasTap() {
        return this == SHARED || this == HOST || this == ROUTER;
    }

    /// Whether there is nothing to be had on Linux without rights; [vmlan.program.serve.Rights] knows of Macs, too.
    public boolean needsRights() {
        return this == HOST || this == BRIDGED || this == ROUTER;
    }

    /// Whether the gateway says that it leads elsewhere.
    public boolean isRouter() {
        return this == SHARED || this == USER || this == ROUTER;
    }

    /// Whether its addresses mean something there only, so that others may have the same.
    public boolean hasAddressesOfItsOwn() {
        return this == USER || !hasGateway();
    }

    /// What `host` means on this host.
    public static NetworkMode host() {
        return Vmnet.isHere() ? VMNET_HOST : HOST;
    }

    /// @throws IllegalArgumentException for anything else
    public static NetworkMode ofKey(String key) {
        for (NetworkMode mode : values()) {
            if (mode.key().equals(key)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("'" + key + "' is no network mode; shared, host, private and bridged are");
    }
}
