package vmlan.program.doctor;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import vmlan.host.macos.VmnetFeature;
import vmlan.program.serve.HostNics;
import vmlan.qemu.Accelerator;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.language.QemuVersion;

/// The machines that the doctor is shown.
final class RecordedMachines {
    private RecordedMachines() {}

    /// Debian 12 on a desktop, where everything that vmlan may want is installed.
    static RecordedHost debian() {
        RecordedHost host = new RecordedHost(false, "x86_64").ofAnn("/home/ann", "/usr/lib/jvm/temurin-25-jdk-amd64");
        host.environment.put("XDG_RUNTIME_DIR", "/run/user/1000");
        host.properties.put("os.version", "6.12.48+deb13-amd64");
        host.folder("/run/user/1000", 1000, 0700).folder("/home/ann/.local/state/vmlan", 1000, 0700);
        host.folder("/home/ann/.cache/vmlan", 1000, 0700);
        host.demoMade = true;
        host.folder("/run/user/1000/vmlan", 1000, 0700);
        host.file("/run/user/1000/systemd/private", "").file("/var/lib/systemd/linger/ann", "");
        host.file("/proc/self/maps", "7f00-7f10 r--p /home/ann/vmlan/build/1/commands.aot\n");
        host.file("/proc/self/status", """
                Name:\tjava
                Gid:\t1000\t1000\t1000\t1000
                Groups:\t27 1000
                CapEff:\t0000000000000000
                NoNewPrivs:\t0
                """);
        host.file("/proc/self/uid_map", "         0          0 4294967295\n");
        host.file("/proc/sys/net/ipv4/ping_group_range", "0\t2147483647\n");
        host.file("/proc/meminfo", "MemTotal:       16303428 kB\nMemAvailable:    9216000 kB\n");
        host.file("/proc/net/udp", """
                   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
                  519: 3500007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   991        0 21
                """);
        String everything = "0".repeat(32) + " 00 ";
        String router = "fe800000000000000000000000000001 00000400 00000001 00000000 00450003     eth0\n";
        host.file("/proc/net/ipv6_route", everything + everything + router);
        host.file("/etc/resolv.conf", "nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch home.example\n");
        host.file("/etc/hosts", "127.0.0.1 localhost\n# a comment\n\n::1 localhost ip6-localhost\n");
        host.file("/boot/config-6.12.48+deb13-amd64", """
                CONFIG_PACKET=y
                CONFIG_TUN=m
                CONFIG_BPF_SYSCALL=y
                CONFIG_NET_CLS_ACT=y
                CONFIG_NET_CLS_BPF=m
                # CONFIG_NET_CLS_U32 is not set
                """);
        host.device("/dev/net/tun", true, 0666).device("/dev/kvm", true, 0660);
        host.file("/usr/share/seabios/bios-256k.bin", "");
        host.uefis.putAll(Map.of(
                "x86_64", "/usr/share/OVMF/OVMF_CODE_4M.fd", "aarch64", "/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd"));
        host.program("qemu-img", "sudo", "setpriv", "unshare", "apt-get", "busybox");
        host.qemu(
                "x86_64",
                "/usr/bin/qemu-system-x86_64",
                new QemuVersion(10, 0, 3),
                "stream dgram user passt tap hubport");
        host.qemu("aarch64", "/usr/bin/qemu-system-aarch64", new QemuVersion(10, 0, 3), "stream dgram user");
        host.says("/usr/bin/qemu-system-x86_64 -L help", "/usr/share/qemu\n/usr/share/seabios\n/usr/lib/ipxe/qemu\n");
        host.says("/usr/bin/unshare --user --map-root-user --net true", "");
        host.route("eth0", "0.0.0.0/0").route("eth0", "192.168.1.0/24").route("lo", "127.0.0.0/8");
        host.nics = List.of(new HostNics.HostNic(
                "eth0", "cable", true, "00:11:22:33:44:55", 1500, List.of(), List.of(), "tcx", false));
        return host;
    }

    /// A Mac with Homebrew's QEMU and Java. What its tools print is as others have recorded it.
    static RecordedHost mac(String architecture, String brew, String version) {
        RecordedHost host = new RecordedHost(true, architecture)
                .ofAnn("/Users/ann", brew + "/opt/openjdk/libexec/openjdk.jdk/Contents/Home");
        host.environment.put("TMPDIR", "/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/");
        host.properties.put("os.version", version);
        host.folder("/Users/ann/Library", 1000, 0700).folder("/Users/ann/Library/Caches", 1000, 0700);
        host.folder("/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T", 1000, 0700);
        host.file("/etc/hosts", """
                ##
                # Host Database
                ##
                127.0.0.1\tlocalhost
                255.255.255.255\tbroadcasthost
                ::1             localhost
                """);
        String binary = brew + "/bin/qemu-system-" + architecture;
        host.qemu(
                architecture,
                binary,
                new QemuVersion(10, 1, 0),
                "stream dgram user vmnet-bridged vmnet-host vmnet-shared");
        host.program("qemu-img", "sudo");
        host.says(binary + " -L help", brew + "/share/qemu\n");
        host.file(brew + "/share/qemu/bios-256k.bin", "");
        host.uefis.put("x86_64", brew + "/share/qemu/edk2-x86_64-code.fd");
        host.uefis.put("aarch64", brew + "/share/qemu/edk2-aarch64-code.fd");
        host.says(
                "/usr/bin/sw_vers",
                "ProductName:\t\tmacOS\nProductVersion:\t\t" + version + "\nBuildVersion:\t\t24G90\n");
        host.says("/usr/sbin/sysctl -n kern.hv_support", "1\n");
        host.says("/usr/sbin/sysctl -in sysctl.proc_translated", "0\n");
        host.says(
                "/usr/libexec/ApplicationFirewall/socketfilterfw --getglobalstate",
                "Firewall is disabled. (State = 0)\n");
        host.says("/usr/bin/codesign -d --entitlements - --xml " + binary, """
                <?xml version="1.0" encoding="UTF-8"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"\
                 "https://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist version="1.0"><dict>\
                <key>com.apple.security.hypervisor</key><true/></dict></plist>
                """);
        host.says("/usr/sbin/scutil --dns", """
                DNS configuration

                resolver #1
                  search domain[0] : home.example
                  nameserver[0] : 192.168.1.1
                  if_index : 15 (en0)
                  flags    : Request A records
                  reach    : 0x00020002 (Reachable,Directly Reachable Address)

                resolver #2
                  domain   : local
                  options  : mdns
                  timeout  : 5
                """);
        host.says("/sbin/route -n get -inet6 default", """
                   route to: ::
                destination: ::
                       mask: ::
                    gateway: fe80::1%en0
                  interface: en0
                """);
        host.chosen = new AcceleratorProbe.Chosen(
                Accelerator.HVF, "Hypervisor.framework is there and " + binary + " can use it");
        host.route("en0", "192.168.1.0/24");
        vmnet(host, Integer.parseInt(version.split("\\.")[0]));
        return host;
    }

    /// What is asked for vmnet's sake, of a Mac where nothing is in its way.
    private static void vmnet(RecordedHost host, int major) {
        Set<VmnetFeature> features = EnumSet.allOf(VmnetFeature.class);
        features.removeIf(feature -> Double.parseDouble(feature.since()) > major);
        host.vmnet = new VmnetFacts(features, List.of("en0", "en1"));
        host.nics = List.of(
                new HostNics.HostNic(
                        "en0",
                        "wifi",
                        true,
                        "3c:22:fb:12:34:56",
                        1500,
                        List.of("192.168.1.20/24"),
                        List.of(),
                        "vmnet",
                        true),
                new HostNics.HostNic(
                        "en1", "cable", false, "36:a1:0b:22:33:40", 1500, List.of(), List.of(), "vmnet", false));
        host.environment.put("TERM_PROGRAM", "Apple_Terminal");
        String preferences = "/Library/Preferences/SystemConfiguration/";
        host.fails(
                "/usr/bin/defaults read " + preferences + "com.apple.nat NAT",
                "The domain/default pair of (" + preferences + "com.apple.nat, NAT) does not exist\n");
        for (String key : List.of("Shared_Net_Address", "Shared_Net_Mask")) {
            host.fails(
                    "/usr/bin/defaults read " + preferences + "com.apple.vmnet " + key,
                    "The domain/default pair of (" + preferences + "com.apple.vmnet, " + key + ") does not exist\n");
        }
        host.says(
                "/usr/bin/codesign -d --entitlements - --xml " + host.property("java.home") + "/bin/java",
                "<dict><key>com.apple.security.cs.allow-jit</key><true/></dict>\n");
    }

    /// The application firewall on, as macOS 13 prints it or, from 15 on, in other words.
    ///
    /// @param apps what `--listapps` has
    static void firewall(RecordedHost host, String blockAll, String apps, String allowSigned) {
        String filter = "/usr/libexec/ApplicationFirewall/socketfilterfw ";
        host.says(filter + "--getglobalstate", "Firewall is enabled. (State = 1)\n");
        host.says(filter + "--getblockall", blockAll + "\n");
        host.says(filter + "--listapps", apps);
        host.says(filter + "--getallowsigned", allowSigned);
    }
}
