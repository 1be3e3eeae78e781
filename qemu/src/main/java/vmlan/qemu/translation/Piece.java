package vmlan.qemu.translation;

import java.util.List;
import java.util.function.Function;

/// A part of the command line that is made.
interface Piece {
    List<String> words(List<Plug> plugs);

    static Piece of(List<String> words) {
        return plugs -> words;
    }

    static Piece of(int nic, Function<Plug, List<String>> write) {
        return plugs -> write.apply(plugs.get(nic));
    }
}
