package vmlan.program.serve;

import java.util.Locale;

/// How far a network reaches.
public enum NetworkMode {
    /// Guests, gateway, and the outside by NAT.
    SHARED,
    /// Guests and gateway only.
    PRIVATE;

    /// As it stands in files and answers.
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException for anything else
    public static NetworkMode ofKey(String key) {
        for (NetworkMode mode : values()) {
            if (mode.key().equals(key)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("'" + key + "' is no network mode; shared and private are");
    }
}
