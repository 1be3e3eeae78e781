package vmlan.program.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EchoRightsTest {
    @ParameterizedTest
    @CsvSource({
        "'1\t0', 0000000000000000, 1000, '4 24', false", // as the kernel has it: for nobody
        "'0\t2147483647', 0000000000000000, 1000, '4 24', true",
        "'24\t24', 0000000000000000, 1000, '4 24', true",
        "'25\t999', 0000000000000000, 1000, '4 24', false",
        "'1\t0', 0000000000002000, 1000, '', true", // CAP_NET_RAW
        "'1\t0', 000001ffffffdfff, 0, '', false", // everything but
        "'0\t0', 0000000000000000, 0, '', true"
    })
    void groupsInTheRangeMayAndWhoHasTheCapability(
            String range, String capabilities, String group, String groups, boolean may) {
        String own = String.join("\t", group, group, group, group);
        assertThat(EchoRights.areIn(
                        range + "\n",
                        List.of("Name:\tjava", "Gid:\t" + own, "Groups:\t" + groups + " ", "CapEff:\t" + capabilities)))
                .isEqualTo(may);
    }
}
