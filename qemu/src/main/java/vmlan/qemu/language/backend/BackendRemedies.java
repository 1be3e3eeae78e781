package vmlan.qemu.language.backend;

import static vmlan.qemu.language.backend.Remedy.say;

import java.util.List;
import vmlan.qemu.language.Surroundings;

/// About the texts of the backends (QEMU net/*.c).
final class BackendRemedies {
    private static final String PORT = "write a port from 1 to 65535";
    private static final String IPV4 = "write an IPv4 address, such as ";

    static final List<Remedy> ALL = List.of(
            // net/slirp.c
            say(
                    "IPv4 disabled but netmask/host/dns provided",
                    "add ipv4=on (one family that is named puts the other one out), or leave net=, host= and dns= out"),
            say(
                    "IPv6 disabled but prefix/host6/dns6 provided",
                    "add ipv6=on (one family that is named puts the other one out), or leave the ipv6-… options out"),
            say("IPv4 and IPv6 disabled", "leave ipv4=off or ipv6=off out"),
            say("Failed to parse netmask", "write the guest's network as net=10.0.2.0/24"),
            say("Failed to parse netmask \\(trailing chars\\)", "write the bits of the mask: net=10.0.2.0/24"),
            say("Invalid netmask provided \\(must be in range 4-32\\)", "write between 4 and 32 bits: net=10.0.2.0/24"),
            say("Failed to parse host", IPV4 + "host=10.0.2.2"),
            say(
                    "Host doesn't belong to network",
                    asked -> "give host= an address of the network " + asked.value("net", "10.0.2.0/24")),
            say("Failed to parse DNS", IPV4 + "dns=10.0.2.3"),
            say(
                    "DNS doesn't belong to network",
                    asked -> "with restrict=on dns= has to be an address of the network "
                            + asked.value("net", "10.0.2.0/24")),
            say(
                    "DNS must be different from host",
                    "give host= and dns= two addresses; a network of 32 bits has only one: use /29 or more"),
            say("Failed to parse DHCP start address", IPV4 + "dhcpstart=10.0.2.15"),
            say(
                    "DHCP doesn't belong to network",
                    asked -> "give dhcpstart= an address of the network " + asked.value("net", "10.0.2.0/24")),
            say(
                    "DHCP must be different from host and DNS",
                    "give dhcpstart= an address of its own; the network needs 29 bits or fewer: net=10.0.2.0/29"),
            say("Failed to parse SMB address", IPV4 + "smbserver=10.0.2.4"),
            say("Failed to parse IPv6 prefix", "write the prefix as ipv6-net=fd00:1::/64"),
            say("Invalid IPv6 prefix provided .*", "write between 1 and 126 bits: ipv6-net=fd00:1::/64"),
            say("[Pp]arameter 'ipv6-net' expects a number after '/'", "write ipv6-net=fd00:1::/64"),
            say("Parameter 'ipv6-net' expects a valid IPv6 prefix", "write ipv6-net=fd00:1::/64"),
            say("Failed to parse IPv6 host", "write an IPv6 address, such as ipv6-host=fec0::2"),
            say(
                    "IPv6 Host doesn't belong to network",
                    asked -> "give ipv6-host= an address of the prefix "
                            + asked.value("ipv6-net", asked.value("ipv6-prefix", "fec0::/64"))),
            say("Failed to parse IPv6 DNS", "write an IPv6 address, such as ipv6-dns=fec0::3"),
            say(
                    "IPv6 DNS doesn't belong to network",
                    asked -> "with restrict=on ipv6-dns= has to be an address of the prefix "
                            + asked.value("ipv6-net", asked.value("ipv6-prefix", "fec0::/64"))),
            say("'domainname' parameter cannot be empty", "write a domain, domainname=example.org, or leave it out"),
            say("'v?(\\S+)' parameter cannot exceed 255 bytes", "use a shorter {1}="),
            say(
                    "Slirp: slirp_new: assertion '!cfg->bootfile .*",
                    "QEMU crashes at it: use a bootfile= of at most 127 bytes"),
            say(
                    "Slirp: failed to parse domain name '(.*)'",
                    "the guest gets no search list: write dnssearch= with labels of 1 to 63 bytes, one option for each"),
            say("Invalid host forwarding rule '(.*)' \\((.*)\\)", BackendRemedies::hostForward),
            say("Could not set up host forwarding rule '(.*)'", "use a free host port above 1023 in {1}"),
            say(
                    "Invalid guest forwarding rule '.*'",
                    "write guestfwd=tcp:SERVER:PORT-DEVICE, such as guestfwd=tcp:10.0.2.100:80-cmd:COMMAND"),
            say(
                    "Conflicting/invalid host:port in guest forwarding rule '.*'",
                    "use an address of the guest's network that is neither host= nor dns=, such as 10.0.2.100"),
            say(
                    "Could not open guest forwarding device '.*'",
                    "give a character device that can be opened, or -cmd:COMMAND"),
            say(
                    "'(.*)' is not a valid char driver",
                    "write a device behind the hyphen: chardev:ID, tcp:HOST:PORT, unix:PATH, or cmd:COMMAND"),
            say("attempt to add duplicate property '.*", "use each guestfwd port for one device only"),
            say("cannot use stdio by multiple character devices", "let only one device use stdio"),
            say("Failed to connect to '(.*)': .*", "start what listens at {1} first"),
            say(
                    "Could not find '(.*)', please install it",
                    asked -> "install Samba, which has " + asked.group(1) + ": "
                            + Remedies.install("samba", asked.surroundings())),
            say("Error accessing shared directory '(.*)': .*", "give smb= a folder that you may list: {1} is none"),
            say(
                    "Conflicting/invalid smbserver address",
                    "give smbserver= an address of the guest's network that is neither host= nor dns=, such as"
                            + " 10.0.2.4"),
            // net/vmnet-*
            say("unsupported ifname '(.*)', expected one of .*", BackendRemedies::bridgeable),
            say(
                    "unsupported ifname '(.*)', no supported interfaces available",
                    "connect this host to a network first; `vmlan interfaces` says which NICs can be bridged"),
            say(
                    "'start-address', 'end-address', 'subnet-mask' should be provided together",
                    BackendRemedies::addresses),
            say(
                    "Invalid UUID provided in 'net-uuid'",
                    "write one as uuidgen prints it: net-uuid=12345678-1234-1234-1234-123456789abc"),
            say(
                    "vmnet-\\S+ feature is unavailable: outdated vmnet.framework API",
                    "this QEMU was built for macOS 10.15: install a newer one (brew install qemu)"),
            say(
                    "unable to create interface with requested params",
                    "check the addresses; they have to be private (RFC 1918), and nat66-prefix= of fd00::/8"),
            say(
                    "cannot create vmnet interface: general failure .*|cannot create vmnet interface: invalid access.*",
                    "vmnet needs root: start it with sudo, or with `vmlan qemu`"),
            say(
                    "cannot create vmnet interface: conflict, .*",
                    "another program has that network: end it, or use other addresses"),
            say("cannot create vmnet interface: (.*)", "vmnet.framework refused it: {1}; leave options out"),
            // net/stream.c
            say(
                    "'reconnect' and 'reconnect-ms' are mutually exclusive",
                    "leave reconnect= out; reconnect-ms= is newer"),
            say(
                    "'reconnect'(?: and 'reconnect-ms' options are| option is) incompatible with socket in server mode",
                    "leave it out: a server takes the next connection by itself; or leave server=on out"),
            // net/dgram.c
            say(
                    "dgram requires local= parameter",
                    "add local.type=unix,local.path=/path/of/own.sock, or local.type=inet,local.host=…,local.port=…"),
            say(
                    "type=inet or type=unix requires remote parameter",
                    asked -> "add remote.type=" + asked.value("local.type", "unix")
                            + " and where the other end is; only local.type=fd does without"),
            say("don't set remote with local.fd", "leave the remote. keys out: a descriptor is connected already"),
            say("remote and local types must be the same", "use inet for both, or unix for both"),
            say("multicast only support inet type", "use remote.type=inet"),
            say("only support inet or fd type for local", "use local.type=inet"),
            say(
                    "UNIX socket path '.*' is too long",
                    asked -> "use a path of at most " + asked.surroundings().longestSocketPath()
                            + " bytes, such as /tmp/vm.sock"),
            say(
                    "failed to unlink socket (.*): .*",
                    "give a path that is not there, or a socket: {1} is something else"),
            say(
                    "can't bind unix=(.*) to socket: No such file or directory",
                    asked -> "make the folder first: mkdir -p " + UnixPaths.folder(asked.group(1))),
            say("can't bind unix=(.*) to socket: .*", "use a folder that you may write to, such as $XDG_RUNTIME_DIR"),
            say(
                    "Unable to query local socket address: .*",
                    "hand over a datagram socket; that descriptor is something else"),
            // net/socket.c and net/net.c
            say(
                    "exactly one of listen=, connect=, mcast= or udp= is required",
                    "keep one: listen=:1234 here and connect=HOST:1234 at the other QEMU, or mcast=230.0.0.1:1234 at all"),
            say("localaddr= is only valid with mcast= or udp=", "leave localaddr= out"),
            say("localaddr= is mandatory with udp=", "add localaddr=:PORT, where this QEMU receives"),
            say("localaddr '.*' is not a valid IPv4 address", IPV4 + "that of a NIC of this host"),
            say("host address '(.*)' doesn't contain ':' separating host from port", "write HOST:PORT: {1}:1234"),
            say("host address '.*' is not a valid IPv4 address", IPV4 + "127.0.0.1"),
            say("can't resolve host address '(.*)'", "no IPv4 address is known of {1}: write one"),
            say("port number '\\(null\\)' is invalid", "use local.type=inet, or leave local out"),
            say("port number '.*' is invalid", PORT),
            say(
                    "can't bind ip=(\\S+) to socket: Permission denied",
                    "ports below 1024 need root: use a port above 1023, or start it with sudo"),
            say(
                    "can't bind ip=(\\S+) to socket: Address already in use",
                    asked -> "the port is taken: end what has it ("
                            + (asked.surroundings().isMac() ? "lsof -nP -i" : "ss -lntup") + "), or use another one"),
            say(
                    "can't bind ip=(\\S+) to socket: .*",
                    "this host has no address {1}: use one that it has, or none for all"),
            say("specified mcastaddr (\\S+) .*", "use a group of 224.0.0.0 to 239.255.255.255, not {1}"),
            say(
                    "can't add socket to multicast group (\\S+): .*",
                    "no route leads to the group: add the address of a NIC, localaddr=127.0.0.1 for this host alone"),
            say("can't connect socket: .*", "no route leads there: check the address"),
            say("can't get socket option SO_TYPE", "hand over a socket: that descriptor is closed, or something else"),
            say("socket type=.*", "hand over a stream or a datagram socket"),
            say("can't setup multicast destination address", "give the group's address"),
            say(
                    "Invalid file descriptor number '.*'",
                    "write the number of a descriptor that QEMU inherits, such as 3: sh -c 'exec qemu… 3<>FILE'"),
            say(
                    "(\\S+): Can't use file descriptor (\\d+): .*",
                    "QEMU has to inherit descriptor {2} open: sh -c 'exec qemu… {2}<>FILE'"),
            // net/tap.c
            say("Multiqueue tap cannot be used with hubs", "use -netdev tap,… with -device virtio-net-pci,mq=on"),
            say(
                    ".* are invalid with (fds?=|helper=)",
                    "keep {1} and leave the others out: who made the tap has set it"),
            say(
                    "The number of fds passed does not match the number of vhostfds passed",
                    "give as many vhostfds= as fds="),
            say("vhostfds= is invalid if fds= wasn't specified", "add fds=, or use vhostfd="),
            say("vhostfd\\(s\\)= is not valid without vhost", "leave vhost=off out, or vhostfd="),
            say(
                    "could not open (/dev/net/tun): .*",
                    "load the driver as root: modprobe tun; or use `vmlan run`, which needs no tap"),
            say(
                    "could not open (/dev/tap\\S*|.*): .*",
                    "macOS has no taps: use vmnet-shared, or `vmlan run`, which needs none"),
            say("could not configure /dev/net/tun(?: \\((.*)\\))?: Operation not permitted", asked -> {
                String name = asked.group(1) == null ? "tap0" : asked.group(1);
                return "a tap needs root: make it once, sudo ip tuntap add " + name
                        + " mode tap user $USER, and write ifname=" + name
                        + ",script=no,downscript=no; or use -nic user, or `vmlan run`";
            }),
            say(
                    "could not configure /dev/net/tun(?: \\((.*)\\))?: Device or resource busy",
                    "another program has that tap: end it, or use another ifname="),
            say("could not configure /dev/net/tun \\((.*)\\): .*", "{1} is no tap: use another ifname="),
            say("could not configure /dev/net/tun: .*", "load the driver as root: modprobe tun"),
            say(
                    "Unable to query TUNGETIFF on FD (\\d+): .*",
                    "descriptor {1} is no tap: hand over one that was opened from /dev/net/tun"),
            say("network script (\\S+) failed with status \\d+", "make {1} run, or write script=no,downscript=no"),
            say("tap: open vhost char device failed: .*", "leave vhost= out, or load it as root: modprobe vhost_net"),
            say("vhost-net requested but could not be initialized", "leave vhost= out"),
            say(
                    "net_client_init1: Assertion .*",
                    "QEMU crashes at it: give queues= or fds= at least one, and leave vhost=on out where there is no"
                            + " /dev/vhost-net"),
            say("qemu_net_client_setup: Assertion .*", "QEMU crashes at it: join a netdev to one hub only"),
            say("bridge helper failed", "let root allow the bridge: echo 'allow br0' >> /etc/qemu/bridge.conf"),
            say("failed to recv file descriptor: .*", "check helper=: it handed over no tap"),
            // net/vde.c, net/l2tpv3.c, net/netmap.c, net/af-xdp.c
            say(
                    "Could not open vde: .*",
                    asked -> "start the switch first: vde_switch -daemon -sock "
                            + asked.value("sock", "/var/run/vde.ctl")),
            say("offset must be less than 256 bytes", "write offset= up to 256"),
            say("require both 'rxcookie' and 'txcookie' or neither", "give both, or leave both out"),
            say("need both src and dst port for udp", "add srcport=1701,dstport=1701"),
            say("could not resolve (src|dst), err(?:no|or) = .*", "write an address for {1}=; ipv6=on if it is IPv6"),
            say("socket creation failed, errno = \\d+", asked -> Remedies.ofRawSocket()),
            say("could not bind socket err=\\d+", "give src= an address of this host and a srcport= that is free"),
            say("Failed to nm_open\\(\\) (.*): .*", "load netmap, and write ifname=netmap:NIC or ifname=vale0:1"),
            say("failed to get ifindex for '(.*)': .*", "there is no NIC {1}: `vmlan interfaces` lists them"),
            say("invalid number of queues .*", "write queues=1 or more"),
            say("'inhibit=on' requires 'sock-fds' and vice versa", "give both, or leave both out"),
            say("expected (\\d+) socket fds, got \\d+", "give {1} descriptors in sock-fds=, with colons between"),
            // net/vhost-user.c, net/vhost-vdpa.c, net/hub.c, net/passt.c
            say(
                    "chardev \"(.*)\" not found",
                    "add -chardev socket,id={1},path=/path/of/vhost.sock, which the vhost-user program listens at"),
            say(
                    "chardev \"(.*)\" is not reconnectable",
                    "make it a socket: -chardev socket,id={1},path=/path/of/vhost.sock"),
            say(
                    "chardev \"(.*)\" does not support FD passing",
                    "make it a Unix socket: -chardev socket,id={1},path=/path/of/vhost.sock"),
            say("vhost-user number of queues must be in range .*", "write queues= from 1 to 1024"),
            say("vhost-user requires frontend driver virtio-net-\\*", "use -device virtio-net-pci for that netdev"),
            say("vhost-vdpa: neither vhostdev= nor vhostfd= was specified", "add vhostdev=/dev/vhost-vdpa-0"),
            say("vhost-vdpa: vhostdev= and vhostfd= are mutually exclusive", "leave one of them out"),
            say("vhost-vdpa: unable to parse vhostfd: .*", "write the number of a descriptor that QEMU inherits"),
            say("Could not open '(.*)': .*", "check that {1} is there and that you may read and write it"),
            say(
                    "Fail to query features from vhost-vDPA device: .*",
                    "give a vDPA device: vhostdev=/dev/vhost-vdpa-0 (vdpa dev show)"),
            say(
                    "netdev '(.*)' not found",
                    "write -netdev …,id={1} before it: QEMU makes them in the order of the line"),
            say(
                    "Error creating daemon: .*",
                    asked -> "install passt (" + Remedies.install("passt", asked.surroundings())
                            + "), or write path= where it is; `vmlan qemu` serves it without"));

    private BackendRemedies() {}

    private static String hostForward(Remedy.Asked asked) {
        String form = "write hostfwd=[tcp|udp]:[HOST]:PORT-[GUEST]:PORT";
        return switch (asked.group(2)) {
            case "Bad protocol name" -> "begin it with tcp: or udp:, such as hostfwd=tcp:127.0.0.1:2222-:22";
            case "Bad host address", "Bad guest address" -> form + " with IPv4 addresses in numbers, or none";
            case "Missing - separator",
                    "Missing unix socket path",
                    "unix socket path must be absolute",
                    "Unix socket path is too long",
                    "file exists and it's not unix socket" ->
                "write hostfwd=unix:/PATH/OF/SOCKET-[GUEST]:PORT, at most "
                        + asked.surroundings().longestSocketPath() + " bytes, where nothing but a socket is";
            case "Bad host port" -> form + "; the first port is 0 to 65535";
            case "Bad guest port" -> form + "; the second port is 1 to 65535";
            default -> form + ", such as hostfwd=tcp:127.0.0.1:2222-:22";
        };
    }

    private static String bridgeable(Remedy.Asked asked) {
        List<String> nics = asked.surroundings().bridgeableNics();
        String name = Remedies.closest(asked.group(1), nics)
                .filter(near -> !Surroundings.isVirtual(near))
                .or(() -> asked.surroundings().nicToBridge())
                .orElse("en0");
        return "write ifname=" + name + " (`vmlan interfaces` says what each one is)";
    }

    private static String addresses(Remedy.Asked asked) {
        String given = asked.value("start-address", asked.value("end-address", "192.168.64.1"));
        String network = given.substring(0, given.lastIndexOf('.') + 1);
        return "add what is missing: start-address=" + asked.value("start-address", network + "1") + ",end-address="
                + asked.value("end-address", network + "254") + ",subnet-mask="
                + asked.value("subnet-mask", "255.255.255.0");
    }
}
