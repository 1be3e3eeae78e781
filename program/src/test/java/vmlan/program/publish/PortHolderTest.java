package vmlan.program.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PortHolderTest {
    /// Of Linux 6.18.
    private static final List<String> TCP = List.of(
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0",
            "   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1",
            "   2: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0");

    @Test
    void ofTcpOnlyThoseThatListenCount() {
        assertThat(PortHolder.sockets(TCP, false, 8080)).containsExactly("socket:[4711]");
        assertThat(PortHolder.sockets(TCP, false, 80)).containsExactly("socket:[4713]");
        assertThat(PortHolder.sockets(TCP, false, 1)).isEmpty();
        assertThat(PortHolder.sockets(TCP, true, 8080)).hasSize(2);
    }
}
