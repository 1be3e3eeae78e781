package vmlan.program.config;

import java.util.Locale;

/// Whether a bridged network's guests share the NIC's MAC address, as they must on Wi-Fi.
public enum MacTranslation {
    /// Where the NIC is a Wi-Fi one.
    AUTO,
    ON,
    OFF;

    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException for anything else
    public static MacTranslation ofKey(String key) {
        for (MacTranslation value : values()) {
            if (value.key().equals(key)) {
                return value;
            }
        }
        throw new IllegalArgumentException("'" + key + "' is not auto, on or off");
    }
}
