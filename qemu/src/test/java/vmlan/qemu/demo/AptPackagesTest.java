package vmlan.qemu.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import vmlan.qemu.tool.Tool;

class AptPackagesTest {
    @Test
    void theCauseIsSaidAndNotTheSummary() {
        String offline = """
                W: Failed to fetch http://x/InRelease  Could not resolve 'x'
                W: Some index files failed to download. They have been ignored, or old ones used instead.
                """;
        assertThat(complaint(offline)).isEqualTo("apt: Failed to fetch http://x/InRelease  Could not resolve 'x'");
        assertThat(complaint("E: Unable to locate package busybox-static\n"))
                .isEqualTo("apt: Unable to locate package busybox-static");
        assertThat(complaint("something else\n")).isEqualTo("something else");
    }

    private static String complaint(String errors) {
        return AptPackages.complaint(new Tool(100, false, "", errors));
    }
}
