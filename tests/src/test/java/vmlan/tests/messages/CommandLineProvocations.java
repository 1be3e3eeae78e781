package vmlan.tests.messages;

import java.util.ArrayList;
import java.util.List;
import vmlan.tests.real.Installation;

/// Command lines that are wrong by themselves: nothing is started, nothing is left behind.
final class CommandLineProvocations {
    private final Bench bench;
    private final List<Provocation> all = new ArrayList<>();

    CommandLineProvocations(Bench bench) {
        this.bench = bench;
    }

    List<Provocation> all() {
        run();
        nics();
        ports();
        life();
        configuration();
        qemu();
        selfTest();
        others();
        return all;
    }

    private void typed(String what, String... arguments) {
        all.add(new Provocation(what, () -> bench.alone(arguments)));
    }

    private void typedIn(List<String> words, String what, String... arguments) {
        all.add(new Provocation(what, () -> bench.inside(words, arguments)));
    }

    private void run() {
        typed("'…' cannot be a VM's name", "run", "--name", "Bad_Name");
        typed("'…' cannot be a VM's name", "ip", "../etc");
        typed("the name '…' is taken by the network itself", "run", "--name", "gateway");
        typed("'…' is not an amount of memory", "run", "--memory", "lots");
        typed("--memory … is not possible", "run", "--memory", "1M");
        typed("--cpus … is not possible", "run", "--cpus", "0");
    }

    private void selfTest() {
        typed("--interface is for the self test", "doctor", "--interface", "en0");
        typed("-o is for the self test", "doctor", "-o", "/tmp/report.txt");
        typed("the self test tries Apple's vmnet, and is for macOS", "doctor", "--selftest");
    }

    private void qemu() {
        typed("'…' is not a QEMU that runs machines", "qemu", "ls", "-l");
        typed(
                "'…' stands behind QEMU's name, and is an option of vmlan's",
                "qemu",
                "qemu-system-x86_64",
                "-p",
                "80:80");
        typed("there is no option '…'", "qemu", "--nmae", "web", "qemu-system-x86_64");
        typed("there is no qemu-system-…", "qemu", "qemu-system-aarch64x", "-h");
        typed("'…' stands before QEMU's name", "qemu", "nohup", "qemu-system-x86_64", "disk");
        typed(
                "'…' has bytes that are no text in the encoding of this terminal",
                "qemu",
                "qemu-system-x86_64",
                "\ufffd");
        typed("'…' stands where QEMU's name belongs", "qemu", "sudo", "--", "-nic", "user");
        typed("no QEMU command line was given", "qemu");
        typed("the disk … does not exist", "qemu", "--dry-run", "qemu-system-x86_64", "nosuch.img");
        typed(
                "--publish needs a network of ours, and this QEMU command line has none",
                "qemu",
                "-p",
                "8080:80",
                "qemu-system-x86_64",
                "-nic",
                "none");
        typed(
                "--publish is of no use on a network of guests only: nothing of it can be published",
                "qemu",
                "--dry-run",
                "-p",
                "8080:80",
                "qemu-system-x86_64",
                "-nic",
                "vmnet-host,net-uuid=6c1d6f0e-3e1a-4bd0-9a55-0d5f2a3f8a11");
        typed(
                "'…' and '…' want the same port of the host",
                "qemu",
                "--engine",
                "-p",
                "8084:80",
                "qemu-system-x86_64",
                "-nic",
                "user,hostfwd=tcp::8084-:80");
        typed("… is not a program", "qemu", "/no/such/qemu-system-x86_64");
        typed(
                "user's …= is not there with --engine: vmlan's networks serve no files yet",
                "qemu",
                "--engine",
                "qemu-system-x86_64",
                "-nic",
                "user,tftp=/tmp");
    }

    private void nics() {
        typed("--net … names no network", "run", "--net", ",isolated");
        typed("--net …: '…' is not known", "run", "--net", "shared,colour=red");
        typed("--net …: the LAN gives the addresses on a bridged network", "run", "--net", "bridged:en0,ip=10.0.0.1");
        typed("--net …: …", "run", "--net", "shared,mac=no");
        typed("--net …: … is a group's address, which no NIC can have", "run", "--net", "shared,mac=01:00:5e:00:00:01");
        typed("there is no network '…'", "run", "--net", "nowhere");
        typed("there is no network '…'", "network", "show", "nowhere");
        typedIn(
                Bench.NO_NICS,
                "--net bridged: the host has no default route, so it is not clear which NIC is meant",
                "run",
                "--net",
                "bridged");
        typedIn(
                Bench.NO_NICS,
                "unsupported ifname '…', no supported interfaces available",
                "run",
                "--net",
                "bridged:en0");
        typedIn(Bench.ONE_NIC, "unsupported ifname '…', expected one of [ …]", "run", "--net", "bridged:en1");
        typedIn(Bench.ONE_NIC, "--mac-nat …: …", "network", "start", "bridged-en0", "--mac-nat", "maybe");
        typed("--via …: …", "network", "start", "shared", "--via", "moon");
        typed("--via …: …", "run", "--via", "moon");
        typed("the network … cannot go by …: this host has no vmnet", "network", "start", "shared", "--via", "vmnet");
        typed("the network … is one of macOS' own, and this host has no vmnet", "run", "--net", "vmnet-shared");
        typed("--net …: via=…: this host has no vmnet, which is macOS' own", "run", "--via", "vmnet");
    }

    private void ports() {
        typed("… needs a network of ours, and this VM is on none", "run", "--net", "none", "-p", "80:80");
        typedIn(
                Bench.ONE_NIC,
                "… is of no use on a bridged network, or on one of Apple's: host and guest reach each"
                        + " other at their own addresses",
                "run",
                "--net",
                "bridged:en0",
                "-p",
                "80:80");
        typed("--all and rules were given", "unpublish", "web", "--all", "80:80");
        typed("which ports are to be closed was not said", "unpublish", "web");
        typed("'…' is not NAME:PORT", "connect", "web");
    }

    private void life() {
        typed("--attach is for one VM, and not with --json", "start", "--attach", "web", "db");
        typed("--lines … is not possible", "logs", "--lines", "-1", "web");
        typed("--previous goes with neither --follow nor --qemu", "logs", "--previous", "--qemu", "web");
        typed("--off needs names", "autostart", "--off");
        typed("--off needs a name", "network", "autostart", "--off");
        typed(
                "networks are started with the machine by launchd, which this host does not have",
                "network",
                "autostart",
                "shared");
        typed("stop needs names, or --all without any", "stop");
        typed("Missing required parameter: …", "exec", "web");
        typed("such a time is not possible", "exec", "--timeout", "9999999", "web", "true");
    }

    private void configuration() {
        typed("no network can be called '…'", "network", "create", "Bad_Name");
        typed("--dhcp … is no range", "network", "create", "lab", "--dhcp", "everything");
        typed("… … says no address", "network", "create", "lab", "--reserve", "web");
        typed(
                "--reserve …: … has an address already",
                "network",
                "create",
                "lab",
                "--ipv4",
                "10.77.0.0/24",
                "--reserve",
                "web=10.77.0.5",
                "--reserve",
                "web=10.77.0.6");
        all.add(new Provocation(
                "the network '…' is in … already",
                () -> bench.prepared(
                        vmlan -> vmlan.vmlan("network", "create", "lab").good(), "network", "create", "lab")));
    }

    private void others() {
        typed("Unknown option: …", "ps", "--colour");
        typed("Missing required parameter: …", "ip");
        typed("'…' publishes nothing: …", "run", "-p", "web");
        typed("'…' publishes nothing: …", "run", "-p", "0:0");
        typed("'…' is not a port of the host from 1 to 65535", "run", "--allow-host", "70000");
        typed("there is no VM '…'", "ip", "nobody");
        typed("--timeout … is not possible", "ip", "web", "--timeout", "99999");
        typed("--timeout … is not possible", "stop", "web", "--timeout", "99999");
        typed("two users were named, … and …", "ssh", "-l", "root", "admin@web");
        typed("network needs a command: …", "network");
        typed("dns needs a command: …", "dns");
        typed("there is no command line to explain", "explain");
        typed("the command line is one word", "explain", "qemu-system-x86_64 -nic user");
        typed("--as … is no version of QEMU", "explain", "--as", "new", "-nic", "user");
        typed("--on … is no system that QEMU is explained for", "explain", "--on", "mars", "-nic", "user");
        typed("there is no command '…'", "rum");
        typed("there is no command '…'", "man", "rum");
        typed("'…' is no shell that can be taught", "completion", "tcsh");
        typed("--directory writes all pages, and one was named", "man", "--directory", "/tmp/pages", "run");
        typed(
                "--install and --remove are for all VMs, and one of them at a time",
                "ssh-config",
                "--install",
                "--remove");
        typed("nothing was said that is to be set", "network", "set", "shared");
        typed("the network … is not served without devices that take rights to open", "network", "serve", "host");
        all.add(new Provocation(
                "$VMLAN_DEVICES makes no sense: …",
                () -> bench.prepared(vmlan -> vmlan.with("VMLAN_DEVICES", "1"), "network", "serve", "shared")));
        all.add(new Provocation(
                "VMLAN_HOME is …, which is a folder only from here", () -> inEnvironment("VMLAN_HOME=here")));
        all.add(new Provocation(
                "… has a line break or another control character in it", () -> inEnvironment("VMLAN_HOME=/tmp/a\nb")));
    }

    private static Installation.Result inEnvironment(String... changes) throws Exception {
        try (Installation vmlan = Installation.withoutQemu(List.of())) {
            List<String> words = new ArrayList<>(
                    List.of("env", "--unset=XDG_STATE_HOME", "--unset=XDG_CONFIG_HOME", "--unset=XDG_CACHE_HOME"));
            words.addAll(List.of(changes));
            words.addAll(List.of(Installation.launcher().toString(), "ps"));
            return vmlan.launch(Installation.Redirect.NOTHING, words).await();
        }
    }
}
