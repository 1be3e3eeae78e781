package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vmlan.program.message.Failure;

class VmPlannerTest {
    private static VmDisk kept(String format) {
        return new VmDisk(Path.of("/disks/web.img"), format);
    }

    @ParameterizedTest
    @CsvSource({"raw, qcow2", "qcow2, raw", "vmdk, qcow2", "qcow2, luks"})
    void aDiskThatLooksOtherThanWhenItWasFirstUsedIsRefused(String then, String now) {
        assertThatThrownBy(() -> VmPlanner.checkUnchanged(kept(then), "web", Optional.of(now)))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.exitCode()).isEqualTo(2);
                    assertThat(failure.what())
                            .isEqualTo("the disk /disks/web.img was " + then
                                    + " when web first used it, and looks like " + now + " now");
                    assertThat(failure.remedy()).contains("vmlan rm web", "vmlan start web");
                });
    }

    @Test
    void oneThatIsAsItWasOrThatNobodyCanLookAtOrThatIsEncryptedIsTaken() {
        assertThatCode(() -> {
                    VmPlanner.checkUnchanged(kept("raw"), "web", Optional.of("raw"));
                    VmPlanner.checkUnchanged(kept("vmdk"), "web", Optional.empty());
                    VmPlanner.checkUnchanged(kept("raw"), "web", Optional.of("luks"));
                })
                .doesNotThrowAnyException();
    }
}
