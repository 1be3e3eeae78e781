package vmlan.qemu.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/// The demo guest's file system: a cpio archive (Linux Documentation/driver-api/early-userspace/buffer-format.rst) with
/// busybox, the modules and our scripts. Not compressed: unpacking costs an emulated processor more than reading does.
final class Initramfs {
    /// Counted up when something other than a script changes what [#write] makes.
    private static final int RECIPE = 2;

    /// Where the scripts, resources of this package, go in the guest.
    private static final Map<String, String> SCRIPTS = scripts();

    private static final List<String> FOLDERS = List.of(
            "bin",
            "sbin",
            "usr",
            "usr/bin",
            "usr/sbin",
            "etc",
            "etc/vmlan",
            "etc/acpi",
            "etc/acpi/PWRF",
            "lib",
            "lib/modules",
            "www",
            "www/cgi-bin",
            "root",
            "proc",
            "sys",
            "dev",
            "run",
            "tmp");

    /// What the scripts use before `busybox --install` made the links of all applets.
    private static final List<String> EARLY_APPLETS = List.of(
            "acpid",
            "cat",
            "cttyhack",
            "grep",
            "hostname",
            "httpd",
            "init",
            "insmod",
            "ip",
            "mkdir",
            "mount",
            "mv",
            "ping",
            "ping6",
            "rm",
            "sed",
            "sh",
            "sleep",
            "udhcpc",
            "uname");

    private Initramfs() {}

    private static Map<String, String> scripts() {
        Map<String, String> paths = new LinkedHashMap<>();
        paths.put("init", "init");
        for (String name : List.of("start", "dhcp", "greet", "watch", "shell")) {
            paths.put(name, "etc/vmlan/" + name);
        }
        paths.put("inittab", "etc/inittab");
        paths.put("passwd", "etc/passwd");
        paths.put("profile", "etc/profile");
        // the name that busybox acpid gives a press of the power key (util-linux/acpid.c, f_act_tab)
        paths.put("power", "etc/acpi/PWRF/00000080");
        paths.put("index.cgi", "www/cgi-bin/index.cgi");
        return paths;
    }

    /// Another one whenever the scripts or the recipe are others.
    static String recipe() throws IOException {
        var sum = new CRC32();
        sum.update(RECIPE);
        for (String script : SCRIPTS.keySet()) {
            sum.update(resource(script));
        }
        return Long.toHexString(sum.getValue());
    }

    /// Writes all of it to `out`; `modules` are in the order in which they are to be loaded.
    static void write(OutputStream out, byte[] busybox, Map<String, byte[]> modules) throws IOException {
        try (var cpio = new CpioArchiveOutputStream(out)) {
            for (String folder : FOLDERS) {
                add(cpio, folder, CpioConstants.C_ISDIR | 0755, new byte[0]);
            }
            var console = new CpioArchiveEntry("dev/console", 0);
            console.setMode(CpioConstants.C_ISCHR | 0600);
            console.setRemoteDeviceMaj(5);
            console.setRemoteDeviceMin(1);
            cpio.putArchiveEntry(console);
            cpio.closeArchiveEntry();

            add(cpio, "bin/busybox", CpioConstants.C_ISREG | 0755, busybox);
            for (String applet : EARLY_APPLETS) {
                link(cpio, "bin/" + applet, "busybox");
            }
            link(cpio, "sbin/poweroff", "../bin/busybox");
            link(cpio, "sbin/reboot", "../bin/busybox");
            for (Map.Entry<String, String> script : SCRIPTS.entrySet()) {
                add(cpio, script.getValue(), CpioConstants.C_ISREG | 0755, resource(script.getKey()));
            }

            var order = new StringBuilder();
            for (Map.Entry<String, byte[]> module : modules.entrySet()) {
                String name = module.getKey() + ".ko";
                order.append(name).append('\n');
                add(cpio, "lib/modules/" + name, CpioConstants.C_ISREG | 0644, module.getValue());
            }
            byte[] list = order.toString().getBytes(StandardCharsets.US_ASCII);
            add(cpio, "lib/modules/order", CpioConstants.C_ISREG | 0644, list);
        }
    }

    private static void link(CpioArchiveOutputStream cpio, String name, String target) throws IOException {
        add(cpio, name, CpioConstants.C_ISLNK | 0777, target.getBytes(StandardCharsets.US_ASCII));
    }

    private static void add(CpioArchiveOutputStream cpio, String name, int mode, byte[] content) throws IOException {
        var entry = new CpioArchiveEntry(name, content.length);
        entry.setMode(mode);
        cpio.putArchiveEntry(entry);
        cpio.write(content);
        cpio.closeArchiveEntry();
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Initramfs.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the resource " + name + " is missing from vmlan's own files");
            }
            return in.readAllBytes();
        }
    }
}
