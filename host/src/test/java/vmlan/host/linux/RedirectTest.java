package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Frames for the host get into its own network stack, and nothing stays behind.
class RedirectTest {
    private static String filters() throws Exception {
        return NetworkNamespace.command("tc qdisc show dev en0")
                + NetworkNamespace.command("tc filter show dev en0 egress")
                + NetworkNamespace.command("tc filter show dev en0 ingress");
    }

    @Test
    void theHostAnswersAGuestByWayOfATcxLink() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            String before = filters();
            try (TestNic nic = TestNic.open()) {
                assertThat(nic.opened.redirect()).isEqualTo(RedirectKind.TCX);
                assertThat(nic.opened.reason()).isEmpty();
                assertThat(nic.opened.filters()).isEmpty();
                nic.expectHostAnswers();
            }
            assertThat(filters()).isEqualTo(before);
        });
    }

    @Test
    void closingTheDescriptorsEndsTheRedirect() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            OpenedNic opened = NicOpener.open("en0", TestNic.MARK, false);
            Libc.close(opened.redirectLink());
            String withoutLink = opened.encode().replaceFirst("&link=\\d+", "&link=-1");
            try (TestNic host = new TestNic(OpenedNic.parse(withoutLink));
                    Listener lan = new Listener("lan0")) {
                host.toHost(TestPackets.arpRequest(TestNic.GUEST, "192.0.2.50", NetworkNamespace.HOST_ADDRESS));
                assertThat(lan.await(0x0806))
                        .as("it goes out by the wire, as without a program")
                        .isNotNull();
            }
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = RedirectKind.class,
            names = {"CLS_BPF", "CLS_BPF_CLASSIC"})
    void theHostAnswersAGuestByWayOfAFilter(RedirectKind kind) throws Exception {
        NetworkNamespace.runWithCable(() -> {
            String before = filters();
            List<TcFilter> filters;
            try (TestNic nic = new TestNic(NicOpener.open("en0", TestNic.MARK, false, List.of(kind)))) {
                assertThat(nic.opened.redirect()).isEqualTo(kind);
                assertThat(filters()).contains("clsact").contains("bpf");
                nic.expectHostAnswers();
                filters = nic.opened.filters();
            }
            assertThat(kind.needsRemoval()).isTrue();
            NicOpener.remove(filters);
            assertThat(filters()).isEqualTo(before);
            NicOpener.remove(filters);
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = RedirectKind.class,
            names = {"CLS_BPF", "CLS_BPF_CLASSIC"})
    void aQdiscAndFiltersOfOthersStay(RedirectKind kind) throws Exception {
        NetworkNamespace.runWithCable(() -> {
            NetworkNamespace.command("tc qdisc add dev en0 clsact");
            NetworkNamespace.command(
                    "tc filter add dev en0 egress prio 1 protocol all u32 match u32 1 1 at 0 classid 1:1");
            String before = filters();
            OpenedNic opened = NicOpener.open("en0", TestNic.MARK, false, List.of(kind));
            assertThat(opened.redirect()).isEqualTo(kind);
            assertThat(filters()).isNotEqualTo(before);
            opened.close();
            NicOpener.remove(opened.filters());
            assertThat(filters()).isEqualTo(before);
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = RedirectKind.class,
            names = {"CLS_BPF", "CLS_BPF_CLASSIC"})
    void ourQdiscStaysWhenOthersUseIt(RedirectKind kind) throws Exception {
        NetworkNamespace.runWithCable(() -> {
            OpenedNic opened = NicOpener.open("en0", TestNic.MARK, false, List.of(kind));
            NetworkNamespace.command(
                    "tc filter add dev en0 ingress prio 7 protocol all u32 match u32 1 1 at 0 classid 1:1");
            opened.close();
            NicOpener.remove(opened.filters());
            assertThat(filters()).contains("clsact").contains("u32").doesNotContain("bpf");
        });
    }

    /// The program takes the mark off, for the host's own rules; a mirred action cannot.
    @ParameterizedTest
    @EnumSource(
            value = RedirectKind.class,
            names = {"TCX", "CLS_BPF", "CLS_BPF_CLASSIC"})
    void aGroupFrameForTheHostComesBackUnlessItHasItsMark(RedirectKind kind) throws Exception {
        NetworkNamespace.runWithCable(() -> {
            OpenedNic opened = NicOpener.open("en0", TestNic.MARK, false, List.of(kind));
            try (TestNic nic = new TestNic(opened);
                    Listener lan = new Listener("lan0")) {
                nic.toHost(TestPackets.ethernet(TestPackets.ALL, TestNic.GUEST, 0x88b5, new byte[46]));
                // Each processor has a queue of frames that are received, so that two threads' may overtake one
                // another.
                if (kind != RedirectKind.CLS_BPF_CLASSIC) {
                    assertThat(nic.recorder
                                    .await(received -> received.type() == 0x88b5)
                                    .fromHost())
                            .isFalse();
                }
                lan.send(TestPackets.ethernet(TestNic.GUEST, TestNic.REMOTE, 0x88b6, new byte[46]));
                Recorder.Received next = nic.recorder.await(received -> received.type() >= 0x88b5);
                assertThat(next.type()).isEqualTo(0x88b6);
                assertThat(next.fromHost()).isFalse();
                nic.toLan(TestPackets.ethernet(TestPackets.ALL, TestNic.GUEST, 0x88b7, new byte[46]));
                assertThat(lan.typesUpTo(0x88b7)).as("not onto the wire").doesNotContain(0x88b5);
            } finally {
                NicOpener.remove(opened.filters());
            }
        });
    }

    @Test
    void aKernelThatLeavesTheMarkOutOfU32IsFoundOut() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            String before = filters();
            OpenedNic opened = NicOpener.open("en0", TestNic.MARK, false, List.of(RedirectKind.U32_MARK));
            try {
                if (opened.redirect() == RedirectKind.U32_MARK) {
                    assertThat(NetworkNamespace.command("tc filter show dev en0 egress"))
                            .contains("mark");
                } else {
                    assertThat(opened.redirect()).isEqualTo(RedirectKind.NONE);
                    assertThat(opened.reason()).contains("CONFIG_CLS_U32_MARK");
                    assertThat(opened.host()).isEqualTo(-1);
                }
            } finally {
                opened.close();
                NicOpener.remove(opened.filters());
            }
            assertThat(filters()).isEqualTo(before);
        });
    }

    @Test
    void aMissingInterfaceIsNamed() throws Exception {
        NetworkNamespace.run(() -> {
            LinuxException e = Assertions.catchThrowableOfType(
                    LinuxException.class, () -> NicOpener.open("en7", TestNic.MARK, false));
            assertThat(e).hasMessageContaining("en7").hasMessageContaining("ENODEV");
            assertThat(Assertions.catchThrowable(() -> NicOpener.open("a-name-that-is-too-long", TestNic.MARK, false)))
                    .hasMessageContaining("ENODEV");
        });
    }

    @Test
    void whatIsOpenSurvivesAnArgument() {
        OpenedNic nic = new OpenedNic(
                "en0=&%",
                3,
                true,
                -5,
                7,
                8,
                RedirectKind.CLS_BPF,
                -1,
                9,
                10,
                List.of(
                        new TcFilter(3, TcFilter.EGRESS, 1, 0x10300, "bpf", true),
                        new TcFilter(3, TcFilter.INGRESS, 1, 0x10300, "bpf", true)),
                "TCX: bpf(BPF_LINK_CREATE): EINVAL, & so = on");
        assertThat(nic.encode()).doesNotContain(" ");
        assertThat(OpenedNic.parse(nic.encode())).isEqualTo(nic);
        assertThat(nic.descriptors()).containsExactly(7, 8, 9, 10);
    }
}
