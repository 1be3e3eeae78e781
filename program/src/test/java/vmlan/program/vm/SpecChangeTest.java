package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.program.publish.PublishRule;
import vmlan.qemu.seed.Seed;

class SpecChangeTest {
    private static VmSpec spec(int cpus, List<PublishRule> published) {
        return new VmSpec("x86_64", List.of(), List.of(), cpus, 1 << 30, published, List.of(), List.of());
    }

    private static VmSpec seeded(Seed seed, List<String> arguments) {
        return new VmSpec(
                "x86_64", List.of(), List.of(), 1, 1 << 30, List.of(), List.of(), arguments, VmBoot.USUAL, false, seed);
    }

    @Test
    void onlyWhatDiffersIsTold() {
        assertThat(SpecChange.describe(spec(1, List.of()), spec(1, List.of()))).isEmpty();
        assertThat(SpecChange.describe(spec(1, List.of(PublishRule.parse("8080:80"))), spec(2, List.of())))
                .contains("cpus 2 (was 1), published none (was [\"8080:80\"])");
    }

    @Test
    void ofASeedNothingIsToldButThatItIsAnother() {
        VmSpec none = seeded(null, List.of());
        VmSpec one = seeded(new Seed("#cloud-config\npassword: geheim", List.of()), List.of());
        VmSpec other = seeded(new Seed("#cloud-config\npassword: streng", List.of("ssh-ed25519 AAAA")), List.of());
        assertThat(SpecChange.describe(one, one)).isEmpty();
        assertThat(SpecChange.describe(none, one)).contains("a seed (was none)");
        assertThat(SpecChange.describe(one, other)).contains("another seed");
        assertThat(SpecChange.describe(one, none)).contains("no seed (was one)");
    }

    private static VmSpec line(boolean engine, String... words) {
        return VmSpec.ofLine(new LineSpec(List.of(words), engine, Path.of("/")), "x86_64", null, false, List.of());
    }

    @Test
    void aCommandLineIsToldByTheFirstWordThatDiffers() {
        VmSpec one = line(false, "qemu-system-x86_64", "-m", "1G", "-nic", "vmnet-shared");
        assertThat(SpecChange.describe(one, line(false, "qemu-system-x86_64", "-m", "2G", "-nic", "vmnet-shared")))
                .contains("another QEMU command line: \"2G\" (was \"1G\")");
        assertThat(SpecChange.describe(one, line(false, "qemu-system-x86_64", "-m", "1G")))
                .contains("another QEMU command line: its end (was \"-nic\")");
        assertThat(SpecChange.describe(one, line(true, "qemu-system-x86_64", "-m", "1G", "-nic", "vmnet-shared")))
                .contains("--engine");
    }

    @Test
    void aLongValueIsCut() {
        assertThat(SpecChange.describe(seeded(null, List.of()), seeded(null, List.of("x".repeat(5000)))))
                .contains("qemuArguments [\"" + "x".repeat(58) + "… (was none)");
    }
}
