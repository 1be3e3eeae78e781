package vmlan.tests.nat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A real resolver in the internet, with names of every kind: dnsmasq.
final class Resolver {
    static final String DOMAIN = "example.test";
    /// What does not fit into a datagram of 1,232 bytes (DNS flag day 2020), so that it takes TCP.
    static final int LONG_TEXT_BYTES = 3000;

    /// Of the name `changing.example.test`, for which another resolver has another one.
    static final String CHANGING = "192.0.2.80";

    private Resolver() {}

    static Process start(TestInternet internet) throws IOException {
        return start(internet, TestInternet.SERVER4, CHANGING);
    }

    /// @param address where it listens
    /// @param changing of the name `changing.example.test`
    static Process start(TestInternet internet, String address, String changing) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                "dnsmasq",
                "-C",
                "/dev/null",
                "-k",
                "--no-resolv",
                "--no-hosts",
                "--user=root",
                "--pid-file=" + internet.folder().resolve("dnsmasq-" + address + ".pid"),
                "--log-facility=-",
                "--log-queries",
                "--bind-interfaces",
                "--listen-address=" + address,
                "--local=/test/",
                "--local-ttl=60",
                "--host-record=web." + DOMAIN + "," + TestInternet.SERVER4 + "," + TestInternet.SERVER6,
                "--host-record=changing." + DOMAIN + "," + changing,
                "--cname=alias." + DOMAIN + ",web." + DOMAIN,
                "--mx-host=" + DOMAIN + ",mail." + DOMAIN + ",10",
                "--txt-record=text." + DOMAIN + ",a text",
                "--srv-host=_sip._udp." + DOMAIN + ",sip." + DOMAIN + ",5060"));
        StringBuilder texts = new StringBuilder("--txt-record=long." + DOMAIN);
        for (int i = 0; i < LONG_TEXT_BYTES / 250; i++) {
            texts.append(',').append("x".repeat(250));
        }
        words.add(texts.toString());
        return internet.start(
                Place.INTERNET, "dnsmasq-" + address.replace(':', '-'), "started", words.toArray(String[]::new));
    }
}
