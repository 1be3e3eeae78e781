package vmlan.qemu.language.reading;

import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Settings;
import vmlan.qemu.language.Tree;

/// A network option that was read without a mistake.
///
/// @param id the one that counts: of several in one option the first; null: none
/// @param tree the settings nested; null where they are keys and flags
record TypedOption(NetworkOption option, String id, Tree.Dict tree) {
    Settings settings() {
        return option.settings();
    }

    QemuLine.Argument at() {
        return option.at();
    }

    /// The last value of a key that is no list.
    String value(String key) {
        return option.settings().value(key).orElse(null);
    }
}
