package vmlan.qemu.language.backend;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.Surroundings;

/// QEMU net/tap.c `net_init_tap` and `net_init_bridge`, net/tap-linux.c and net/tap-bsd.c.
final class TapRules {
    private static final String TUN = "/dev/net/tun";

    /// linux/if.h: IFNAMSIZ, less the zero.
    private static final int LONGEST_NAME = 15;

    private TapRules() {}

    static void tap(Making making) throws Refused {
        if (making.option().kind() == NetworkOption.Kind.NET && making.hasAny("queues", "fds", "vhostfds")) {
            throw new Refused("Multiqueue tap cannot be used with hubs");
        }
        if (making.has("fd")) {
            if (making.hasAny("ifname", "script", "downscript", "vnet_hdr", "helper", "queues", "fds", "vhostfds")) {
                throw new Refused("ifname=, script=, downscript=, vnet_hdr=, helper=, queues=, fds=, and vhostfds= "
                        + "are invalid with fd=");
            }
            handedOver(making, making.value("fd"));
            vhost(making, making.value("vhostfd"));
        } else if (making.has("fds")) {
            several(making);
        } else if (making.has("helper")) {
            if (making.hasAny("ifname", "script", "downscript", "vnet_hdr", "queues", "vhostfds")) {
                throw new Refused("ifname=, script=, downscript=, vnet_hdr=, queues=, and vhostfds= "
                        + "are invalid with helper=");
            }
            helped(making);
            vhost(making, making.value("vhostfd"));
        } else {
            own(making);
        }
    }

    static void bridge(Making making) throws Refused {
        helped(making);
    }

    private static void handedOver(Making making, String text) throws Refused {
        Surroundings.Descriptor kind = Descriptors.open(making, text);
        if (kind != Surroundings.Descriptor.TAP && kind != Surroundings.Descriptor.DEVICE) {
            throw new Refused("Unable to query TUNGETIFF on FD %d: Inappropriate ioctl for device"
                    .formatted(Descriptors.parse(text)));
        }
    }

    private static void several(Making making) throws Refused {
        if (making.hasAny("ifname", "script", "downscript", "vnet_hdr", "helper", "queues", "vhostfd")) {
            throw new Refused("ifname=, script=, downscript=, vnet_hdr=, helper=, queues=, and vhostfd= "
                    + "are invalid with fds=");
        }
        List<String> taps = list(making.value("fds"));
        List<String> vhosts = making.has("vhostfds") ? list(making.value("vhostfds")) : List.of();
        if (making.has("vhostfds") && taps.size() != vhosts.size()) {
            throw new Refused("The number of fds passed does not match the number of vhostfds passed");
        }
        if (taps.isEmpty()) {
            throw Crash.withoutBackend();
        }
        for (int queue = 0; queue < taps.size(); queue++) {
            handedOver(making, taps.get(queue));
            vhost(making, vhosts.isEmpty() ? null : vhosts.get(queue));
        }
    }

    /// Numbers with colons between them; one at the end ends the list.
    private static List<String> list(String text) {
        List<String> numbers = new ArrayList<>(List.of(text.split(":", -1)));
        if (numbers.getLast().isEmpty()) {
            numbers.removeLast();
        }
        return numbers;
    }

    /// qemu-bridge-helper, or the program that is given instead of it, makes the tap and hands it over.
    private static void helped(Making making) throws Refused {
        String helper = making.value("helper");
        String bridge = making.has("br") ? making.value("br") : "br0";
        if (helper != null) {
            boolean command = helper.indexOf(' ') >= 0 || helper.indexOf('\t') >= 0;
            if (!command && !making.surroundings().exists(Path.of(helper))) {
                throw Refused.because(
                        "bridge helper failed", "there is no program " + helper + ": give helper= another");
            }
            return;
        }
        String why = making.surroundings().whyNoBridge(bridge).orElse(null);
        if (why != null) {
            throw Refused.because("bridge helper failed", Remedies.ofBridge(why, bridge));
        }
    }

    /// A tap that QEMU opens itself.
    private static void own(Making making) throws Refused {
        if (making.has("vhostfds")) {
            throw new Refused("vhostfds= is invalid if fds= wasn't specified");
        }
        if (making.has("queues") && making.number("queues", 1) < 1) {
            throw Crash.withoutBackend();
        }
        String name = making.has("ifname") && !making.value("ifname").isEmpty() ? making.value("ifname") : null;
        // net/tap-bsd.c is macOS's too
        String device = making.surroundings().isMac() ? "/dev/" + (name == null ? "tap0" : name) : TUN;
        String closed = making.surroundings().whyNotOpen(Path.of(device)).orElse(null);
        if (closed != null) {
            throw new Refused("could not open %s: %s".formatted(device, closed));
        }
        if (name != null && !making.surroundings().isMac() && name.length() > LONGEST_NAME) {
            String cut = name.substring(0, LONGEST_NAME);
            making.silent(
                    "the name " + name + " is too long: QEMU takes the tap " + cut + " without a word",
                    "use at most " + LONGEST_NAME + " letters for ifname=");
            name = cut;
        }
        String why = making.surroundings().whyNoTap(name).orElse(null);
        if (why == null && name != null && !making.name("tap " + name)) {
            why = "Device or resource busy";
        }
        if (why != null) {
            throw name == null
                    ? new Refused("could not configure /dev/net/tun: %s".formatted(why))
                    : new Refused("could not configure /dev/net/tun (%s): %s".formatted(name, why));
        }
        script(making, making.has("script") ? making.value("script") : "/etc/qemu-ifup");
        vhost(making, making.value("vhostfd"));
    }

    private static void script(Making making, String script) throws Refused {
        boolean none = script.isEmpty() || script.equals("no");
        if (!none && !making.surroundings().exists(Path.of(script))) {
            // what waitpid says of a program that ends with 1
            throw new Refused("network script %s failed with status 256".formatted(script));
        }
    }

    private static void vhost(Making making, String descriptor) throws Refused {
        boolean wanted = making.flag("vhost").orElse(descriptor != null || making.isOn("vhostforce"));
        if (!wanted) {
            if (descriptor != null) {
                throw new Refused("vhostfd(s)= is not valid without vhost");
            }
            return;
        }
        String text = whyNoVhost(making, descriptor);
        if (text == null) {
            return;
        }
        if (making.isOn("vhostforce") || making.moment().isAtLeast(8, 0)) {
            throw new Refused(text);
        }
        // 7.2 wants to go on, and falls over what it took away
        making.warn(text);
        throw Crash.withoutBackend();
    }

    private static String whyNoVhost(Making making, String descriptor) {
        if (descriptor == null) {
            return making.surroundings()
                    .whyNotOpen(Path.of("/dev/vhost-net"))
                    .map(why -> "tap: open vhost char device failed: " + why)
                    .orElse(null);
        }
        try {
            Descriptors.parse(descriptor);
            return null;
        } catch (Refused refused) {
            return refused.getMessage();
        }
    }
}
