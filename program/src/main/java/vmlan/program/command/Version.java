package vmlan.program.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/// The version, as the build wrote it down.
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        return new String[] {"vmlan " + number(), "Java " + Runtime.version()};
    }

    static String number() throws IOException {
        try (InputStream in = Version.class.getResourceAsStream("/vmlan/program/version.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
