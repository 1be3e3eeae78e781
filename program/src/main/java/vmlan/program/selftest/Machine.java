package vmlan.program.selftest;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import vmlan.program.config.Vmnet;
import vmlan.qemu.tool.Tool;

/// What has to be known of a machine to understand its report: nothing that tells whose it is.
///
/// @param root whether this process has root's rights
/// @param macos the first number of the system's version; 0 where it is not macOS, or does not say
/// @param facts by what they are called
record Machine(boolean root, int macos, Map<String, String> facts) {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    static Machine look(String version) {
        // the real user's name (JDK: getpwuid(getuid())), also where files are made for somebody else
        boolean root = "root".equals(System.getProperty("user.name"));
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("vmlan", version);
        String system = output("/usr/bin/sw_vers", "-productVersion");
        facts.put(
                "system",
                system.isEmpty()
                        ? System.getProperty("os.name") + " " + System.getProperty("os.version")
                        : "macOS " + system + " (" + output("/usr/bin/sw_vers", "-buildVersion") + ")");
        facts.put(
                "machine",
                (output("/usr/sbin/sysctl", "-n", "hw.model") + " " + System.getProperty("os.arch")).strip());
        facts.put("Java", Runtime.version() + ", " + System.getProperty("java.vendor", ""));
        facts.put("vmnet", Vmnet.library().map(library -> "a simulator").orElse("Apple's"));
        facts.put("rights", root ? "root's" : "a user's");
        return new Machine(root, major(system), facts);
    }

    /// What it is called, in no report: hostname(1) of both systems, and scutil(8) of macOS.
    static List<String> names() {
        return Stream.of(
                        output("/bin/hostname"),
                        output("/usr/sbin/scutil", "--get", "ComputerName"),
                        output("/usr/sbin/scutil", "--get", "LocalHostName"))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    static int major(String productVersion) {
        return productVersion.matches("[0-9]{1,3}(\\.[0-9]{1,3}){0,2}")
                ? Integer.parseInt(productVersion.split("\\.", 2)[0])
                : 0;
    }

    /// Empty where there is no such program.
    private static String output(String... command) {
        try {
            Tool run = Tool.run(LIMIT, List.of(command));
            return run.succeeded() ? run.output().strip() : "";
        } catch (IOException e) {
            return "";
        }
    }
}
