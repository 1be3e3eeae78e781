package vmlan.tests.nat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// The two families, and who is who in each.
enum Family {
    IPV4(TestInternet.SERVER4, TestInternet.UNREACHABLE4, TestInternet.BEYOND4, TestInternet.ROUTER4, "127.0.0.1"),
    IPV6(TestInternet.SERVER6, TestInternet.UNREACHABLE6, TestInternet.BEYOND6, TestInternet.ROUTER6, "::1");

    private final String server;
    private final String unreachable;
    private final String beyond;
    private final String router;
    private final String loopback;

    Family(String server, String unreachable, String beyond, String router, String loopback) {
        this.server = server;
        this.unreachable = unreachable;
        this.beyond = beyond;
        this.router = router;
        this.loopback = loopback;
    }

    InetSocketAddress server(int port) {
        return address(server, port);
    }

    String server() {
        return server;
    }

    InetSocketAddress unreachable(int port) {
        return address(unreachable, port);
    }

    String beyond() {
        return beyond;
    }

    String router() {
        return router;
    }

    InetSocketAddress loopback(int port) {
        return address(loopback, port);
    }

    /// As it stands in a URL.
    String inUrl() {
        return this == IPV6 ? "[" + server + "]" : server;
    }

    /// @param literal no name: those are looked up by the tests' process, in no namespace
    static InetSocketAddress address(String literal, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(literal), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
