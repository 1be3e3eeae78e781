package vmlan.program.serve;

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
    /// Our gateway as the router of a LAN behind a NIC; the host's kernel forwards. What `vmlan demo` has for a
    /// router where dnsmasq is not installed; not for `--net`.
    ROUTER;

    /// As it stands in files and answers.
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether our gateway gives out addresses there.
    public boolean hasGateway() {
        return this != BRIDGED;
    }

    /// Whether a NIC of the host belongs to it.
    public boolean hasUplink() {
        return this == BRIDGED || this == ROUTER;
    }

    /// Whether the host has a tap on it where there are rights for one.
    public boolean hasTap() {
        return this == SHARED || this == HOST || this == ROUTER;
    }

    /// Whether there is nothing to be had without rights.
    public boolean needsRights() {
        return this != SHARED && this != PRIVATE;
    }

    /// Whether the gateway says that it leads elsewhere.
    public boolean isRouter() {
        return this == SHARED || this == ROUTER;
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
