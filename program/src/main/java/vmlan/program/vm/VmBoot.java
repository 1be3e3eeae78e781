package vmlan.program.vm;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import vmlan.program.files.Fields;
import vmlan.qemu.Boot;

/// How a VM is to boot.
///
/// @param firmware null for what its architecture usually has
/// @param demo what is run when there is nothing to boot from
public record VmBoot(Firmware firmware, Boot.From from, Demo demo) {
    public static final VmBoot USUAL = new VmBoot(null, Boot.From.DISK, Demo.LINUX);

    /// What starts before anything of a disk does.
    public enum Firmware {
        BIOS,
        UEFI
    }

    /// A guest of ours.
    public enum Demo {
        LINUX,
        /// Nothing but what QEMU brings: the network code of the firmware.
        FIRMWARE
    }

    Firmware firmware(String architecture) {
        return firmware != null ? firmware : architecture.equals("x86_64") ? Firmware.BIOS : Firmware.UEFI;
    }

    /// What is missing is as usual.
    ///
    /// @throws IllegalArgumentException that names the word which is not known
    static VmBoot of(Fields fields) {
        return new VmBoot(
                fields.optionalText("firmware")
                        .map(VmBoot::upper)
                        .map(Firmware::valueOf)
                        .orElse(null),
                fields.optionalText("from")
                        .map(VmBoot::upper)
                        .map(Boot.From::valueOf)
                        .orElse(Boot.From.DISK),
                fields.optionalText("demo")
                        .map(VmBoot::upper)
                        .map(Demo::valueOf)
                        .orElse(Demo.LINUX));
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("firmware", firmware == null ? null : lower(firmware));
        json.put("from", lower(from));
        json.put("demo", lower(demo));
        return json;
    }

    private static String upper(String word) {
        return word.toUpperCase(Locale.ROOT);
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
