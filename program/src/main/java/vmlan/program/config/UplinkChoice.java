package vmlan.program.config;

import java.util.ArrayList;
import java.util.List;

/// What a command says of a network's uplink; null for whatever the network has.
public record UplinkChoice(MacTranslation translation, Via via) {
    public static final UplinkChoice NONE = new UplinkChoice(null, null);

    public boolean isNone() {
        return translation == null && via == null;
    }

    /// The options of `network start` that say the same.
    public List<String> options() {
        List<String> options = new ArrayList<>();
        if (translation != null) {
            options.add("--mac-nat=" + translation.key());
        }
        if (via != null) {
            options.add("--via=" + via.key());
        }
        return options;
    }

    /// This one, and where it says nothing the other.
    public UplinkChoice or(UplinkChoice other) {
        return new UplinkChoice(translation != null ? translation : other.translation, via != null ? via : other.via);
    }
}
