package vmlan.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/// What a server has said is said again for as long as it allows.
class AnswerCacheTest {
    private final Scene scene = new Scene();

    private static Record cname(String from, String to, long ttl) {
        return new CNAMERecord(Scene.name(from), DClass.IN, ttl, Scene.name(to));
    }

    private static Record soa(long ttl, long minimum) {
        return new SOARecord(Scene.name("org"), DClass.IN, ttl, Scene.name("a"), Scene.name("b"), 1, 2, 3, 4, minimum);
    }

    private void learn(Message query, int rcode, Record... records) {
        scene.query(query);
        scene.asked().reply(rcode, records);
        scene.answers.clear();
    }

    private void learn(int rcode, Record... records) {
        learn(Scene.question("www.example.org", Type.A), rcode, records);
    }

    private boolean isKnown(Message query) {
        scene.query(query);
        boolean known = scene.answers.poll() != null;
        scene.asked.forEach(asked -> asked.refuse());
        scene.asked.clear();
        scene.answers.clear();
        return known;
    }

    private boolean isKnown() {
        return isKnown(Scene.question("www.example.org", Type.A));
    }

    @Test
    void ttlsCountDownAndTheLeastOneEndsIt() {
        learn(
                Rcode.NOERROR,
                cname("www.example.org", "example.org", 300),
                ForwardingTest.address("example.org", 60, 1));
        scene.pass(10_000);

        Message answer = scene.ask("www.example.org", Type.A);
        assertThat(answer.getSection(Section.ANSWER)).extracting(Record::getTTL).containsExactly(290L, 50L);
        assertThat(answer.getHeader().getID()).isEqualTo(0x1234);
        scene.pass(49_999);
        assertThat(isKnown()).isTrue();
        scene.pass(1);
        assertThat(isKnown()).isFalse();
    }

    @Test
    void anotherSpellingHasTheSameAnswerInItsOwn() {
        learn(Rcode.NOERROR, ForwardingTest.address("www.example.org", 60, 1));
        Message answer = scene.ask("WWW.eXample.org", Type.A);

        assertThat(answer.getQuestion().getName().toString()).isEqualTo("WWW.eXample.org.");
        assertThat(answer.getSection(Section.ANSWER).getFirst().getName().toString())
                .isEqualTo("WWW.eXample.org.");
    }

    @Test
    void whatDoesNotExistIsKeptAsLongAsTheSoaSays() {
        learn(Rcode.NXDOMAIN, soa(3600, 30));
        Message answer = scene.ask("www.example.org", Type.A);
        assertThat(answer.getRcode()).isEqualTo(Rcode.NXDOMAIN);
        // RFC 2308 §5
        assertThat(answer.getSection(Section.AUTHORITY).getFirst().getTTL()).isEqualTo(30);
        scene.pass(30_000);
        assertThat(isKnown()).isFalse();
    }

    @Test
    void whatDoesNotExistIsKeptForThreeHoursAtMostAndAnAddressForADay() {
        learn(Rcode.NXDOMAIN, soa(1_000_000, 1_000_000));
        scene.pass(10_799_999);
        assertThat(isKnown()).isTrue();
        scene.pass(1);
        assertThat(isKnown()).isFalse();
        learn(Rcode.NOERROR, ForwardingTest.address("www.example.org", 1_000_000, 1));
        scene.pass(86_400_000);
        assertThat(isKnown()).isFalse();
    }

    @Test
    void whatMayNotBeKeptIsNot() {
        learn(Rcode.NXDOMAIN);
        assertThat(isKnown()).as("NXDOMAIN without SOA").isFalse();
        learn(Rcode.NOERROR);
        assertThat(isKnown()).as("nothing without SOA").isFalse();
        learn(Rcode.SERVFAIL);
        assertThat(isKnown()).as("SERVFAIL").isFalse();
        learn(Rcode.NOERROR, ForwardingTest.address("www.example.org", 0, 1));
        assertThat(isKnown()).as("TTL 0").isFalse();

        scene.query("www.example.org", Type.A);
        Scene.Asked asked = scene.asked();
        Message cut = Scene.replyTo(asked.message, Rcode.NOERROR, ForwardingTest.address("www.example.org", 60, 1));
        cut.getHeader().setFlag(Flags.TC);
        asked.replies.came(cut.toWire(), scene.now);
        assertThat(scene.answer().getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(isKnown()).as("cut").isFalse();
    }

    @Test
    void dnssecCheckingAndEdnsAreQuestionsOfTheirOwn() {
        learn(Rcode.NOERROR, ForwardingTest.address("www.example.org", 60, 1));
        Message checking = Scene.question("www.example.org", Type.A);
        checking.getHeader().setFlag(Flags.CD);

        assertThat(isKnown(checking)).isFalse();
        assertThat(isKnown(Scene.withEdns(Scene.question("www.example.org", Type.A), 1232, 0)))
                .isFalse();
        assertThat(isKnown(Scene.question("www.example.org", Type.AAAA))).isFalse();

        Message dnssec = Scene.withEdns(Scene.question("www.example.org", Type.A), 1232, 0x8000);
        learn(dnssec, Rcode.NOERROR, ForwardingTest.address("www.example.org", 60, 1));
        assertThat(isKnown(dnssec)).isTrue();
        assertThat(isKnown(Scene.withEdns(Scene.question("www.example.org", Type.A), 1232, 0)))
                .isFalse();
        assertThat(isKnown(Scene.withEdns(Scene.question("www.example.org", Type.A), 4096, 0x8000)))
                .isTrue();
    }

    @Test
    void aQueryWithOptionsIsNeverAnsweredFromBefore() {
        Message options = Scene.withEdns(
                Scene.question("www.example.org", Type.A), 1232, 0, new GenericEDNSOption(65001, new byte[4]));
        learn(options, Rcode.NOERROR, ForwardingTest.address("www.example.org", 60, 1));
        assertThat(isKnown(options)).isFalse();
        assertThat(scene.service.cachedAnswers()).isZero();
    }

    @Test
    void whatIsTooLongForTheAskerIsAskedForAgain() {
        Message big = Scene.withEdns(Scene.question("www.example.org", Type.TXT), 4096, 0);
        learn(
                big,
                Rcode.NOERROR,
                new TXTRecord(Scene.name("www.example.org"), DClass.IN, 60, "x".repeat(255)),
                new TXTRecord(Scene.name("www.example.org"), DClass.IN, 60, "y".repeat(255)));
        assertThat(isKnown(big)).isTrue();
        assertThat(isKnown(Scene.withEdns(Scene.question("www.example.org", Type.TXT), 512, 0)))
                .isFalse();
    }

    @Test
    void otherServersMayKnowOtherThings() {
        learn(Rcode.NOERROR, ForwardingTest.address("www.example.org", 60, 1));
        scene.query("slow.example.org", Type.A);
        Scene.Asked old = scene.asked();
        scene.changes++;
        assertThat(isKnown()).isFalse();

        old.reply(Rcode.NOERROR, ForwardingTest.address("slow.example.org", 60, 1));
        assertThat(scene.answers).as("it is answered").hasSize(1);
        scene.answers.clear();
        assertThat(isKnown(Scene.question("slow.example.org", Type.A)))
                .as("but not kept")
                .isFalse();
    }

    @Test
    void itIsBoundedInEntriesAndBytesAndTheOldestGoesFirst() {
        Scene few = new Scene(new DnsLimits(10, 10, 1, 1, 3, 1 << 20), true);
        fill(few, 5, "");
        assertThat(few.service.cachedAnswers()).isEqualTo(3);
        few.query("n0.example.org", Type.A);
        assertThat(few.answers).as("the first is gone").isEmpty();
        few.query("n4.example.org", Type.A);
        assertThat(few.answers).as("the last is there").hasSize(1);

        Scene small = new Scene(new DnsLimits(10, 10, 1, 1, 1000, 3000), true);
        fill(small, 20, "");
        assertThat(small.service.cachedBytes()).isLessThanOrEqualTo(3000);
        assertThat(small.service.cachedAnswers()).isBetween(2, 10);
    }

    private static void fill(Scene scene, int count, String prefix) {
        for (int i = 0; i < count; i++) {
            String name = prefix + "n" + i + ".example.org";
            scene.query(name, Type.A);
            scene.asked().reply(Rcode.NOERROR, ForwardingTest.address(name, 60, 1));
        }
        scene.answers.clear();
    }
}
