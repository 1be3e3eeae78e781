package vmlan.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;
import org.xbill.DNS.UNKRecord;
import vmlan.network.DropReason;

/// What is not known here is asked for outside, and comes back as it is.
class ForwardingTest {
    private final Scene scene = new Scene();

    static ARecord address(String name, long ttl, int last) {
        return new ARecord(Scene.name(name), DClass.IN, ttl, new byte[] {(byte) 203, 0, 113, (byte) last});
    }

    private void askExample() {
        scene.query("example.org", Type.A);
    }

    @Test
    void aQueryGoesOutAsItIsButForItsIdAndItsReplyComesBackTheSame() {
        Message query = Scene.withEdns(
                Scene.question("ExAmPlE.org", 65399),
                1400,
                0x8000,
                new org.xbill.DNS.GenericEDNSOption(65001, new byte[3]));
        byte[] wire = query.toWire();

        scene.query(query);
        Scene.Asked asked = scene.asked();
        byte[] expected = wire.clone();
        System.arraycopy(asked.message, 0, expected, 0, 2);
        assertThat(asked.message).isEqualTo(expected);

        byte[] reply = Scene.replyTo(asked.message, Rcode.NOERROR).toWire();
        // an unknown type with any bytes, and bytes of nobody's knowledge behind
        byte[] odd = java.util.Arrays.copyOf(reply, reply.length + 5);
        asked.replies.came(odd, scene.now);
        byte[] back = scene.answers.poll();
        assertThat(Wire.u16(back, 0)).isEqualTo(0x1234);
        System.arraycopy(odd, 0, back, 0, 2);
        assertThat(back).isEqualTo(odd);
        assertThat(asked.ended).isTrue();
    }

    @Test
    void theIdIsAnotherOneEachTime() {
        Set<Integer> ids = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            scene.query("n" + i + ".example.org", Type.A);
            ids.add(Wire.u16(scene.asked().message, 0));
        }
        assertThat(ids).hasSizeGreaterThan(45);
    }

    @Test
    void aReplyWithAnotherIdOrQuestionIsNotTheAnswer() {
        askExample();
        Scene.Asked asked = scene.asked();
        byte[] good = Scene.replyTo(asked.message, Rcode.NOERROR, address("example.org", 60, 1))
                .toWire();

        byte[] wrongId = good.clone();
        wrongId[1]++;
        byte[] wrongCase = good.clone();
        wrongCase[13] = 'E';
        byte[] noReply = good.clone();
        noReply[2] &= 0x7f;
        for (byte[] forged : List.of(wrongId, wrongCase, noReply, new byte[0], new byte[11], new byte[12])) {
            asked.replies.came(forged, scene.now);
        }
        assertThat(scene.answers).isEmpty();
        assertThat(scene.service.count(DnsCount.MISMATCHED)).isEqualTo(6);

        asked.replies.came(good, scene.now);
        assertThat(Scene.data(scene.answer())).containsExactly("203.0.113.1");
        asked.replies.came(good, scene.now);
        assertThat(scene.isSilent()).isTrue();
    }

    @Test
    void aServerThatRefusesIsFollowedByTheNextAtOnce() {
        scene.servers = List.of(Scene.A, Scene.B);
        askExample();
        scene.asked().refuse();

        Scene.Asked next = scene.asked();
        assertThat(next.server).isEqualTo(Scene.B);
        next.reply(Rcode.NOERROR, address("example.org", 60, 1));
        assertThat(scene.answer().getRcode()).isEqualTo(Rcode.NOERROR);
    }

    @Test
    void aSilentServerIsFollowedByTheNextAndMayStillAnswer() {
        scene.servers = List.of(Scene.A, Scene.B);
        askExample();
        Scene.Asked first = scene.asked();
        scene.pass(1499);
        assertThat(scene.asked).isEmpty();
        scene.pass(1);
        assertThat(scene.asked().server).isEqualTo(Scene.B);

        first.reply(Rcode.NOERROR, address("example.org", 60, 1));
        assertThat(scene.answer().getRcode()).isEqualTo(Rcode.NOERROR);
    }

    @Test
    void aServerThatFailedIsAskedLastForHalfAMinute() {
        scene.servers = List.of(Scene.A, Scene.B);
        askExample();
        scene.asked().refuse();
        scene.asked().reply(Rcode.NXDOMAIN);

        scene.query("two.example.org", Type.A);
        assertThat(scene.asked().server).isEqualTo(Scene.B);
        scene.pass(30_000);
        scene.answers.clear();
        scene.asked.clear();
        scene.query("three.example.org", Type.A);
        assertThat(scene.asked().server).isEqualTo(Scene.A);
    }

    @Test
    void deadServersAreAnsweredServfailWithinABound() {
        scene.servers = List.of(Scene.A, Scene.B);
        askExample();
        scene.pass(4499);
        assertThat(scene.answers).isEmpty();
        scene.pass(1);

        assertThat(scene.answer().getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(scene.asked).hasSize(3).allMatch(asked -> asked.ended);
        assertThat(scene.service.count(DnsCount.UNANSWERED)).isEqualTo(1);
        assertThat(scene.service.waiting()).isZero();
        assertThat(scene.service.nanosToTick(scene.now)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void fourDeadServersTakeSixSeconds() {
        scene.servers = List.of(
                Scene.A, Scene.B, DnsServer.parse("198.51.100.3", 53), DnsServer.parse("198.51.100.4", 53), Scene.A);
        askExample();
        scene.pass(6000);

        assertThat(scene.answer().getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(scene.asked).hasSize(4);
    }

    @Test
    void serversThatAllRefuseAreAnsweredServfailAtOnce() {
        scene.servers = List.of(Scene.A, Scene.B);
        askExample();
        scene.asked().refuse();
        scene.asked().refuse();

        assertThat(scene.answer().getRcode()).isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void withoutASocketOrAServerItIsServfailAtOnce() {
        scene.noSocket = true;
        assertThat(scene.ask("example.org", Type.A).getRcode()).isEqualTo(Rcode.SERVFAIL);
        scene.servers = List.of();
        assertThat(scene.ask("example.org", Type.A).getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(scene.service.count(DnsCount.WITHOUT_SERVER)).isEqualTo(1);
    }

    @Test
    void aServersFailureIsPassedOnWhenNoOtherKnowsBetter() {
        scene.servers = List.of(Scene.A, Scene.B);
        askExample();
        scene.asked().reply(Rcode.SERVFAIL);
        assertThat(scene.answers).isEmpty();
        scene.asked().reply(Rcode.REFUSED);

        assertThat(scene.answer().getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(scene.isSilent()).isTrue();
    }

    @Test
    void anErrorWithoutAQuestionIsAccepted() {
        askExample();
        Scene.Asked asked = scene.asked();
        Message error = new Message(Wire.u16(asked.message, 0));
        error.getHeader().setFlag(org.xbill.DNS.Flags.QR);
        error.getHeader().setRcode(Rcode.FORMERR);
        asked.replies.came(error.toWire(), scene.now);

        assertThat(scene.answer().getRcode()).isEqualTo(Rcode.FORMERR);
    }

    @Test
    void theSameQuestionIsAskedOnceAndAnsweredToAll() {
        Message query = Scene.question("example.org", Type.A);
        scene.query(query);
        query.getHeader().setID(0x4321);
        scene.query(scene.otherGuest.port(), query.toWire(), false);

        Scene.Asked asked = scene.asked();
        assertThat(scene.asked).isEmpty();
        asked.reply(Rcode.NOERROR, address("example.org", 60, 1));
        assertThat(List.of(
                        scene.answer().getHeader().getID(),
                        scene.answer().getHeader().getID()))
                .containsExactlyInAnyOrder(0x1234, 0x4321);
        assertThat(scene.service.count(DnsCount.JOINED)).isEqualTo(1);
    }

    @Test
    void aQuestionByTcpIsAskedByTcpAndOnceOfEachServer() {
        scene.query(scene.guest.port(), Scene.question("example.org", Type.A).toWire(), true);
        assertThat(scene.asked().tcp).isTrue();
        scene.pass(4499);
        assertThat(scene.isSilent()).isTrue();
        scene.pass(1);
        assertThat(scene.answer().getRcode()).isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void aPortHasNoMoreQueriesUnderWayThanItsShare() {
        Scene small = new Scene(new DnsLimits(3, 5, 1, 1, 10, 10_000), true);
        for (int i = 0; i < 5; i++) {
            small.query("n" + i + ".example.org", Type.A);
        }
        assertThat(small.asked).hasSize(3);
        assertThat(small.guest.port().drops(DropReason.TABLE_FULL)).isEqualTo(2);
        assertThat(small.service.count(DnsCount.FULL)).isEqualTo(2);

        for (int i = 5; i < 10; i++) {
            small.query(
                    small.otherGuest.port(),
                    Scene.question("n" + i + ".x", Type.A).toWire(),
                    false);
        }
        assertThat(small.asked).as("in all").hasSize(5);
        small.asked().reply(Rcode.NXDOMAIN);
        small.query("again.example.org", Type.A);
        assertThat(small.asked).hasSize(5);
    }

    @Test
    void aQueryByTcpThatIsTooMuchIsAnswered() {
        Scene small = new Scene(new DnsLimits(0, 0, 1, 1, 10, 10_000), true);
        small.query(small.guest.port(), Scene.question("example.org", Type.A).toWire(), true);
        assertThat(small.answer().getRcode()).isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void nobodyIsAskedForAPortThatIsGone() {
        askExample();
        scene.query(
                scene.otherGuest.port(), Scene.question("example.org", Type.A).toWire(), false);
        scene.query("two.example.org", Type.A);
        Scene.Asked shared = scene.asked();
        Scene.Asked own = scene.asked();

        scene.service.forget(scene.guest.port());

        assertThat(own.ended).isTrue();
        assertThat(shared.ended).isFalse();
        assertThat(scene.service.waiting()).isEqualTo(1);
        shared.reply(Rcode.NXDOMAIN);
        assertThat(scene.answers).hasSize(1);
    }

    @Test
    void whatIsNoQuestionIsTold() {
        Message two = Scene.question("example.org", Type.A);
        two.addRecord(org.xbill.DNS.Record.newRecord(Scene.name("b"), Type.A, DClass.IN), 0);
        assertThat(scene.ask(two).getRcode()).isEqualTo(Rcode.FORMERR);

        Message update = new Message(7);
        update.getHeader().setOpcode(5);
        assertThat(scene.ask(update).getRcode()).isEqualTo(Rcode.NOTIMP);
        assertThat(scene.ask("example.org", Type.AXFR).getRcode()).isEqualTo(Rcode.NOTIMP);

        byte[] reply =
                Scene.replyTo(Scene.question("example.org", Type.A).toWire(), 0).toWire();
        scene.query(scene.guest.port(), reply, false);
        scene.query(scene.guest.port(), new byte[3], false);
        assertThat(scene.isSilent()).isTrue();
        assertThat(scene.guest.port().drops(DropReason.MALFORMED)).isEqualTo(2);
    }

    @Test
    void anUnknownTypeComesThroughAsBytes() {
        scene.query("example.org", 65399);
        Scene.Asked asked = scene.asked();
        org.xbill.DNS.Record odd =
                org.xbill.DNS.Record.newRecord(Scene.name("example.org"), 65399, DClass.IN, 60, new byte[] {1, 2, 3});
        asked.reply(Rcode.NOERROR, odd);
        assertThat(((UNKRecord) scene.answer().getSection(1).getFirst()).getData())
                .containsExactly(1, 2, 3);
    }

    // ── the host has changed ──

    @Test
    void whatWaitsIsAskedAnewOfTheServersThatThereAreThen() {
        askExample();
        Scene.Asked lost = scene.asked();
        scene.pass(1_000);
        scene.servers = List.of(Scene.B);
        scene.service.hostChanged(scene.now);
        assertThat(lost.ended).isTrue();
        Scene.Asked again = scene.asked();
        assertThat(again.server).isEqualTo(Scene.B);
        lost.reply(Rcode.NOERROR, address("example.org", 60, 1));
        assertThat(scene.answers).as("of a socket that is closed").isEmpty();
        again.reply(Rcode.NOERROR, address("example.org", 60, 2));
        assertThat(Scene.data(scene.answer())).containsExactly("203.0.113.2");
        assertThat(scene.isSilent()).isTrue();
        assertThat(scene.service.waiting()).isZero();
        scene.pass(60_000);
        assertThat(scene.isSilent()).isTrue();
    }

    @Test
    void itHasItsWholeTimeAgain() {
        askExample();
        scene.asked();
        scene.pass(1_400);
        scene.service.hostChanged(scene.now);
        scene.asked();
        scene.pass(1_400);
        assertThat(scene.isSilent()).isTrue();
        scene.pass(101);
        scene.asked();
    }

    @Test
    void withoutServersTheWaitIsOver() {
        askExample();
        scene.asked();
        scene.servers = List.of();
        scene.service.hostChanged(scene.now);
        assertThat(scene.answer().getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(scene.service.waiting()).isZero();
    }

    /// Answers may be of another network, and what was true for a minute was so before eight hours of sleep.
    @Test
    void nothingThatWasKnownBeforeCounts() {
        askExample();
        scene.asked().reply(Rcode.NOERROR, address("example.org", 3_600, 1));
        scene.answer();
        scene.service.hostChanged(scene.now);
        assertThat(scene.service.cachedAnswers()).isZero();
        askExample();
        scene.asked().reply(Rcode.NOERROR, address("example.org", 3_600, 2));
        assertThat(Scene.data(scene.answer())).containsExactly("203.0.113.2");
    }

    @Test
    void aServerThatWasSilentOnTheOldNetworkIsTheFirstAgain() {
        scene.servers = List.of(Scene.A, Scene.B);
        askExample();
        scene.asked().refuse();
        scene.asked().reply(Rcode.NOERROR, address("example.org", 0, 1));
        scene.answer();
        scene.query("one.example.org", Type.A);
        assertThat(scene.asked().server).as("one that failed comes last").isEqualTo(Scene.B);
        scene.service.hostChanged(scene.now);
        assertThat(scene.asked().server).isEqualTo(Scene.A);
        scene.query("two.example.org", Type.A);
        assertThat(scene.asked().server).isEqualTo(Scene.A);
    }
}
