package vmlan.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DescriptorsTest {
    @Test
    void theSoftLimitCounts() {
        assertThat(Descriptors.parse(List.of(
                        "Limit                     Soft Limit           Hard Limit           Units     ",
                        "Max processes             7871                 7871                 processes ",
                        "Max open files            1024                 1048576              files     ")))
                .isEqualTo(1024);
    }

    @Test
    void unlimitedIsANumberToo() {
        assertThat(Descriptors.parse(
                        List.of("Max open files            unlimited            unlimited            files     ")))
                .isEqualTo(1 << 20);
    }

    @Test
    void thisProcessHasALimit() {
        assertThat(Descriptors.limit()).isBetween(64, 1 << 20);
    }
}
