package vmlan.host.macos;

import java.util.Locale;

/// The likely cause of a failure, and its cure, from what vmnet says and what is known of the host. Sources:
/// vmnet.h, QEMU's and socket_vmnet's documentation and issues; none was seen on a Mac.
///
/// @param root whether this process has root's rights
/// @param macos the first number of the system's version; 0 where it is not macOS
record VmnetAdvice(boolean root, int macos) {
    /// From this macOS on root is not needed by a program that is signed with an entitlement, says vmnet-helper
    /// (README; pull request 136: `com.apple.security.virtualization`, which Java's own signature has not).
    private static final int WITHOUT_ROOT = 26;

    private static final String TRY_AGAIN =
            "turn Internet Sharing off (System Settings > General > Sharing), end other virtual machine programs,"
                    + " and if it stays so restart the Mac";

    /// For host and shared interfaces on which guests ask for addresses and hear nothing: the application
    /// firewall blocks the DHCP server (socket_vmnet's README; taking it out of the list first helps where it is
    /// in there already, its issue 62).
    static final String NO_DHCP =
            "macOS' firewall may block its DHCP server; type: for step in --remove --add --unblockapp;"
                    + " do sudo /usr/libexec/ApplicationFirewall/socketfilterfw $step /usr/libexec/bootpd; done";

    static VmnetAdvice ofThisHost() {
        String version = System.getProperty("os.version", "");
        boolean isMac =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
        int dot = version.indexOf('.');
        int major = 0;
        try {
            major = isMac ? Integer.parseInt(dot < 0 ? version : version.substring(0, dot)) : 0;
        } catch (NumberFormatException e) {
            // A version that is written otherwise: then the advice is that of an old one.
        }
        return new VmnetAdvice("root".equals(System.getProperty("user.name")), major);
    }

    /// Why [VmnetInterface#start] may have failed.
    String start(VmnetStatus status, VmnetSettings settings) {
        return switch (status) {
            case FAILURE -> root ? failureAsRoot(settings) : withoutRoot();
            case INVALID_ACCESS, NOT_AUTHORIZED -> root ? privacy() : withoutRoot() + "; " + privacy();
            case INVALID_ARGUMENT -> invalidArgument(settings);
            case SHARING_SERVICE_BUSY -> busy(settings);
            case MEM_FAILURE -> "vmnet has 32 interfaces for all programs: stop a VM";
            default -> TRY_AGAIN;
        };
    }

    private String withoutRoot() {
        return macos >= WITHOUT_ROOT
                ? "macOS 26 gives it to users by programs that are signed for it, which Java is not: start the network with sudo"
                : "vmnet takes root's rights up to macOS 15: start the network with sudo";
    }

    private static String privacy() {
        return "allow the program that was started in, such as Terminal, in System Settings > Privacy & Security >"
                + " Local Network";
    }

    private static String failureAsRoot(VmnetSettings settings) {
        return settings.range() == null
                ? TRY_AGAIN
                : "an interface of this Mac may have addresses of "
                        + settings.range().start() + "'s subnet already" + " (ifconfig shows them): choose others; or "
                        + TRY_AGAIN;
    }

    private static String busy(VmnetSettings settings) {
        String subnet =
                settings.range() == null ? "its subnet" : settings.range().start() + "'s subnet";
        return settings.mode() == VmnetMode.BRIDGED
                ? "Internet Sharing or another program uses " + settings.ifName() + ": end it"
                : "Internet Sharing or another virtual machine program has " + subnet
                        + ": end it, or choose other addresses";
    }

    private static String invalidArgument(VmnetSettings settings) {
        if (settings.mode() == VmnetMode.BRIDGED) {
            return settings.ifName() + " may be no NIC that can be bridged; vmlan interfaces lists those";
        }
        if (settings.range() != null || settings.nat66Prefix() != null) {
            return "addresses must be private ones (RFC 1918) of one subnet, and a NAT66 prefix a /64 of fd00::/8";
        }
        return settings.mtu() == null ? "" : "the MTU may be too large";
    }

    /// Why there may be no answer.
    static String noAnswer() {
        return TRY_AGAIN;
    }
}
