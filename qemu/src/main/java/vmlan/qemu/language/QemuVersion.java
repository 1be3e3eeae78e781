package vmlan.qemu.language;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// QEMU's version. A release candidate counts from 90 below the version it becomes: 9.1.90 is 9.2.0-rc0.
public record QemuVersion(int major, int minor, int patch) implements Comparable<QemuVersion> {
    /// "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)", "… version 9.1.90 (v9.2.0-rc0)".
    private static final Pattern ANSWER = Pattern.compile("\\bversion (\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?");

    private static final Comparator<QemuVersion> ORDER = Comparator.comparingInt(QemuVersion::major)
            .thenComparingInt(QemuVersion::minor)
            .thenComparingInt(QemuVersion::patch);

    /// The version in what `--version` prints; empty when there is none.
    public static Optional<QemuVersion> parse(String text) {
        Matcher match = ANSWER.matcher(text);
        if (!match.find()) {
            return Optional.empty();
        }
        int patch = match.group(3) == null ? 0 : Integer.parseInt(match.group(3));
        return Optional.of(new QemuVersion(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)), patch));
    }

    public boolean isAtLeast(int wantedMajor, int wantedMinor) {
        return compareTo(new QemuVersion(wantedMajor, wantedMinor, 0)) >= 0;
    }

    @Override
    public int compareTo(QemuVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
