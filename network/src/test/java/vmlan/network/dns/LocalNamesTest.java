package vmlan.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// Names that are known here.
class LocalNamesTest {
    private final Scene scene = new Scene();

    @BeforeEach
    void someNames() {
        scene.guest("web", "192.168.64.2", "fd00:1:2:3::2");
        scene.guest("booting");
        scene.host("printer.lan", "198.51.100.9");
        scene.host("me", "127.0.1.1");
    }

    @ParameterizedTest
    @CsvSource({
        "web.vmlan.internal, A, 192.168.64.2",
        "web.vmlan.internal, AAAA, fd00:1:2:3:0:0:0:2",
        "web, A, 192.168.64.2",
        "WEB.Vmlan.INTERNAL, A, 192.168.64.2",
        "host.vmlan.internal, A, 192.168.64.1",
        "gateway.vmlan.internal, AAAA, fd00:1:2:3:0:0:0:1",
        "printer.lan, A, 198.51.100.9",
        "localhost, A, 127.0.0.1",
        "some.localhost, AAAA, 0:0:0:0:0:0:0:1",
        "2.64.168.192.in-addr.arpa, PTR, web.vmlan.internal.",
        "1.64.168.192.in-addr.arpa, PTR, gateway.vmlan.internal.",
        "2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.D.F.ip6.arpa, PTR, web.vmlan.internal.",
        "9.100.51.198.in-addr.arpa, PTR, printer.lan.",
        "1.0.0.127.in-addr.arpa, PTR, localhost.",
    })
    void aKnownNameIsAnswered(String name, String type, String data) {
        Message answer = scene.ask(name, Type.value(type));

        assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(Scene.data(answer)).containsExactly(data);
        assertThat(answer.getSection(Section.ANSWER).getFirst().getTTL()).isEqualTo(5);
        assertThat(answer.getHeader().getFlag(Flags.AA)).isTrue();
        assertThat(answer.getHeader().getFlag(Flags.RA)).isTrue();
        assertThat(answer.getHeader().getFlag(Flags.RD)).isTrue();
        assertThat(answer.getHeader().getID()).isEqualTo(0x1234);
        assertThat(scene.isSilent()).isTrue();
    }

    @Test
    void anAnswerKeepsTheQuestionsSpelling() {
        Message answer = scene.ask("wEb.VmLaN.iNtErNaL", Type.A);

        assertThat(answer.getQuestion().getName().toString()).isEqualTo("wEb.VmLaN.iNtErNaL.");
        assertThat(answer.getSection(Section.ANSWER).getFirst().getName().toString())
                .isEqualTo("wEb.VmLaN.iNtErNaL.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody.vmlan.internal", "a.web.vmlan.internal", "77.64.168.192.in-addr.arpa", "x.invalid"})
    void anUnknownNameOfOurOwnDoesNotExistAndNobodyElseIsAsked(String name) {
        Message answer = scene.ask(name, Type.PTR);

        assertThat(answer.getRcode()).isEqualTo(Rcode.NXDOMAIN);
        SOARecord soa = (SOARecord) answer.getSection(Section.AUTHORITY).getFirst();
        assertThat(soa.getMinimum()).isEqualTo(2);
        assertThat(answer.getQuestion().getName().subdomain(soa.getName())).isTrue();
        assertThat(scene.isSilent()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "web.vmlan.internal, MX",
        "booting.vmlan.internal, A",
        "vmlan.internal, A",
        "64.168.192.in-addr.arpa, PTR",
        // an empty non-terminal (RFC 8020)
        "0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.d.f.ip6.arpa, PTR",
    })
    void aNameThatHasNothingOfTheTypeExists(String name, String type) {
        Message answer = scene.ask(name, Type.value(type));

        assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(answer.getSection(Section.ANSWER)).isEmpty();
        assertThat(answer.getSection(Section.AUTHORITY)).hasSize(1);
    }

    @Test
    void theDomainHasItsSoaAndServer() {
        assertThat(scene.ask("vmlan.internal", Type.SOA).getSection(Section.ANSWER))
                .hasSize(1);
        assertThat(Scene.data(scene.ask("vmlan.internal", Type.NS))).containsExactly("gateway.vmlan.internal.");
    }

    @Test
    void aNameOfTheHostsFileThatMeansTheHostMeansTheGatewayForAGuest() {
        assertThat(Scene.data(scene.ask("me", Type.A))).containsExactly("192.168.64.1");
    }

    @Test
    void aNameOfTheHostsFileHasNoAddressOfTheOtherFamily() {
        Message answer = scene.ask("printer.lan", Type.AAAA);

        assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(answer.getSection(Section.ANSWER)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "printer.lan, MX",
        "unknown, A",
        "example.org, A",
        "internal, SOA",
        "notvmlan.internal, A",
        "168.192.in-addr.arpa, SOA",
        "1.65.168.192.in-addr.arpa, PTR",
        "something.arpa, A",
    })
    void everythingElseIsAskedForOutside(String name, String type) {
        scene.query(name, Type.value(type));

        assertThat(scene.asked()).isNotNull();
        assertThat(scene.answers).isEmpty();
    }

    @Test
    void namesAreLive() {
        assertThat(scene.ask("db.vmlan.internal", Type.A).getRcode()).isEqualTo(Rcode.NXDOMAIN);

        scene.guest("db", "192.168.64.3");

        assertThat(Scene.data(scene.ask("db.vmlan.internal", Type.A))).containsExactly("192.168.64.3");
    }

    @Test
    void ednsIsAnsweredWithEdns() {
        OPTRecord opt = scene.ask(Scene.withEdns(Scene.question("web.vmlan.internal", Type.A), 4096, ExtendedFlags.DO))
                .getOPT();

        assertThat(opt.getPayloadSize()).isEqualTo(1232);
        assertThat(opt.getFlags()).isEqualTo(ExtendedFlags.DO);
        assertThat(scene.ask("web.vmlan.internal", Type.A).getOPT()).isNull();
    }

    @Test
    void anUnknownVersionOfEdnsIsRefused() {
        Message query = Scene.question("web.vmlan.internal", Type.A);
        query.addRecord(new OPTRecord(1232, 0, 1), Section.ADDITIONAL);

        assertThat(scene.ask(query).getRcode()).isEqualTo(Rcode.BADVERS);
    }

    @Test
    void anAnswerThatIsTooLongForADatagramIsCutAndMarked() {
        String[] many = new String[40];
        for (int i = 0; i < many.length; i++) {
            many[i] = "192.168.64." + (100 + i);
        }
        scene.guest("many", many);
        byte[] query = Scene.question("many.vmlan.internal", Type.A).toWire();

        scene.query(scene.guest.port(), query, false);
        assertThat(scene.answers.peek()).hasSizeLessThanOrEqualTo(512);
        assertThat(scene.answer().getHeader().getFlag(Flags.TC)).isTrue();
        scene.query(scene.guest.port(), query, true);
        assertThat(scene.answer().getSection(Section.ANSWER)).hasSize(40);
    }

    @Test
    void aNetworkWithoutAnOutsideAnswersItsOwnNamesAndRefusesOthers() {
        Scene closed = new Scene(DnsLimits.USUAL, false);
        closed.guest("web", "192.168.64.2");

        Message own = closed.ask("web", Type.A);
        assertThat(Scene.data(own)).containsExactly("192.168.64.2");
        assertThat(own.getHeader().getFlag(Flags.RA)).isFalse();
        assertThat(closed.ask("example.org", Type.A).getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(closed.service.nanosToTick(0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void loadingAsksWhatCanBeAnswered() {
        DnsService.load();
        scene.query(
                scene.guest.port(),
                java.util.HexFormat.of().parseHex("00010100000100000000000004686f73740000010001"),
                false);
        assertThat(Scene.data(scene.answer())).containsExactly("192.168.64.1");
    }
}
