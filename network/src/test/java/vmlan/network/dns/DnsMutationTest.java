package vmlan.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Type;

/// No bytes make the service throw, loop, or hold without bound.
class DnsMutationTest {
    /// Against loops without an end; a second or two where the processor is ours.
    private static final Duration LIMIT = Duration.ofSeconds(180);
    private static final int ROUNDS = 10_000;

    private static List<Message> queries() {
        return List.of(
                Scene.question("web.vmlan.internal", Type.A),
                Scene.question("2.64.168.192.in-addr.arpa", Type.PTR),
                Scene.question("2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.d.f.ip6.arpa", Type.PTR),
                Scene.withEdns(
                        Scene.question("www.example.org", Type.ANY),
                        1232,
                        ExtendedFlags.DO,
                        new GenericEDNSOption(10, new byte[8])));
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        byte[] copy = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 8)) : bytes.clone();
        for (int i = random.nextInt(4); i > 0 && copy.length > 0; i--) {
            int at = random.nextInt(copy.length);
            copy[at] = switch (random.nextInt(3)) {
                case 0 -> (byte) random.nextInt();
                case 1 -> (byte) 0xc0;
                default -> (byte) 0xff;
            };
        }
        return copy;
    }

    @Test
    void noQueryDoes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Assertions.assertTimeoutPreemptively(
                LIMIT,
                () -> {
                    Scene scene = new Scene();
                    scene.guest("web", "192.168.64.2", "fd00:1:2:3::2");
                    List<Message> queries = queries();
                    for (int i = 0; i < ROUNDS; i++) {
                        byte[] query = mutated(queries.get(i % queries.size()).toWire(), random);
                        scene.query(scene.guest.port(), query, random.nextBoolean());
                        scene.answers.forEach(Scene::parse);
                        scene.answers.clear();
                        scene.asked.clear();
                        if (i % 16 == 0) {
                            scene.pass(500);
                        }
                        assertThat(scene.service.waiting()).isLessThanOrEqualTo(DnsLimits.USUAL.waitingPerPort());
                    }
                },
                () -> "seed " + seed);
    }

    @Test
    void noReplyDoes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        SOARecord soa =
                new SOARecord(Scene.name("org"), DClass.IN, 60, Scene.name("a"), Scene.name("b"), 1, 2, 3, 4, 60);
        Assertions.assertTimeoutPreemptively(
                LIMIT,
                () -> {
                    Scene scene = new Scene();
                    for (int i = 0; i < ROUNDS; i++) {
                        scene.query("n" + i % 50 + ".example.org", Type.A);
                        Scene.Asked asked = scene.asked.poll();
                        if (asked != null) {
                            byte[] reply = (i % 2 == 0
                                            ? Scene.replyTo(asked.message, Rcode.NXDOMAIN, soa)
                                            : Scene.replyTo(
                                                    asked.message,
                                                    Rcode.NOERROR,
                                                    ForwardingTest.address("example.org", 3, 1),
                                                    ForwardingTest.address("example.org", 3, 2)))
                                    .toWire();
                            asked.replies.came(mutated(reply, random), scene.now);
                            asked.replies.came(reply, scene.now);
                        }
                        assertThat(scene.answers).as("round " + i).hasSizeGreaterThanOrEqualTo(1);
                        scene.answers.clear();
                        scene.now += 100_000_000;
                    }
                },
                () -> "seed " + seed);
    }

    @Test
    void noStreamDoes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Assertions.assertTimeoutPreemptively(
                LIMIT,
                () -> {
                    Scene scene = new Scene();
                    for (int i = 0; i < 500; i++) {
                        var stream = scene.service.stream(scene.guest.port(), new SilentEvents());
                        for (int j = 0; j < 10; j++) {
                            byte[] query = queries().get(j % 4).toWire();
                            byte[] framed = ByteBuffer.allocate(2 + query.length)
                                    .putShort((short) query.length)
                                    .put(query)
                                    .array();
                            stream.write(ByteBuffer.wrap(mutated(framed, random)));
                            scene.pass(300);
                            stream.read(ByteBuffer.allocate(random.nextInt(3000)));
                        }
                        stream.reset();
                        scene.pass(1);
                        scene.asked.clear();
                        assertThat(scene.service.streams()).isZero();
                    }
                },
                () -> "seed " + seed);
    }

    @Test
    void pointersInCirclesAndGiantCountsAreNotFollowed() {
        Scene scene = new Scene();
        byte[] circle = new byte[4096];
        circle[5] = 1;
        for (int i = 12; i < circle.length - 1; i += 2) {
            circle[i] = (byte) 0xc0;
            circle[i + 1] = 12;
        }
        byte[] counts = new byte[17];
        Arrays.fill(counts, 4, 12, (byte) 0xff);
        byte[] many = Scene.question("example.org", Type.A).toWire();
        Arrays.fill(many, 6, 12, (byte) 0xff);
        byte[] longLabels = new byte[400];
        longLabels[5] = 1;
        for (int i = 12; i < 320; i += 64) {
            longLabels[i] = 63;
        }
        for (byte[] query : List.of(circle, counts, many, longLabels, Arrays.copyOf(many, 5000))) {
            scene.query(scene.guest.port(), query, false);
            assertThat(scene.answer().getRcode()).isEqualTo(Rcode.FORMERR);
        }
        assertThat(scene.isSilent()).isTrue();
    }
}
