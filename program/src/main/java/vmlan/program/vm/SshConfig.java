package vmlan.program.vm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;

/// What makes `ssh web`, `scp`, `rsync` and editors find the VMs: blocks of ssh_config(5), and their place in the
/// user's
/// own configuration, which is a file of ours that one `Include` line names. That file follows the VMs as they come and
/// go.
public final class SshConfig {
    private static final String REMARK =
            "# The VMs of vmlan by their names; vmlan ssh-config --remove takes these two lines away.";

    /// ssh_config(5): words in any case, blanks or one `=` behind them, arguments with blanks in double quotes.
    private static final Pattern HOST_LINE = Pattern.compile("(?i)\\s*host(?:\\s*=\\s*|\\s+)(.*)");

    private static final Pattern HOST_WORD = Pattern.compile("\"[^\"]*\"|\\S+");

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Path ours;
    private final Path users;

    private SshConfig(Path ours, Path users) {
        this.ours = ours;
        this.users = users;
    }

    /// Of this user. ssh takes the home folder that the system names, whatever `$HOME` says, and so does Java.
    public static SshConfig of(Places places) {
        return in(places, Path.of(System.getProperty("user.home"), ".ssh"));
    }

    /// @param folder that of ssh's configuration
    static SshConfig in(Places places, Path folder) {
        return new SshConfig(places.stateIfAny("ssh_config"), folder.resolve("config"));
    }

    /// The command that is `vmlan` for somebody who has another environment, such as an editor.
    public static List<String> launcher(String launcher, Map<String, String> environment) {
        List<String> words = new ArrayList<>();
        for (String variable : List.of("VMLAN_HOME", "XDG_STATE_HOME")) {
            String value = environment.get(variable);
            if (value != null && value.startsWith("/")) {
                words.add(variable + "=" + value);
            }
        }
        if (!words.isEmpty()) {
            words.addFirst("/usr/bin/env");
        }
        words.add(launcher);
        return words;
    }

    /// The blocks for all VMs, as below.
    public static String blocks(Set<String> aliases, VmStore store) throws Failure {
        return blocks(
                launcher(Networks.launcher(), System.getenv()),
                store.all().stream().map(Vm::name).toList(),
                aliases,
                store);
    }

    /// The blocks for some VMs. Each has its VM's names as they are, and no pattern: with one, the name that
    /// ssh was given would have to be told on by `%h`, and ssh before 9.6 gives any characters of it to a
    /// shell (CVE-2023-51385).
    ///
    /// @param aliases that are no VM's: a VM of that name is known by its long name only
    public static String blocks(List<String> launcher, List<String> vms, Set<String> aliases, VmStore store) {
        StringBuilder text = new StringBuilder();
        for (String vm : vms) {
            text.append("Host ")
                    .append(aliases.contains(vm) ? "" : vm + " ")
                    .append(Ssh.host(vm))
                    .append('\n');
            line(text, "HostName", Ssh.host(vm));
            Ssh.options(launcher, store.folder(vm), vm, "%p").forEach((option, value) -> line(text, option, value));
            text.append('\n');
        }
        return text.toString();
    }

    /// The names, without patterns, on the `Host` lines of the user's own configuration: ours is read before it, and a
    /// VM shall not take the way to another machine. Files that it includes are not looked into.
    public Set<String> aliases() throws Failure {
        Set<String> aliases = new TreeSet<>();
        try {
            for (String line : text().split("\\R")) {
                Matcher host = HOST_LINE.matcher(line);
                if (host.matches()) {
                    HOST_WORD
                            .matcher(host.group(1))
                            .results()
                            .map(MatchResult::group)
                            .takeWhile(word -> !word.startsWith("#"))
                            .map(word -> word.replace("\"", ""))
                            .filter(word -> word.matches("[^!*?\\s][^*?\\s]*"))
                            .forEach(aliases::add);
                }
            }
            return aliases;
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private static void line(StringBuilder text, String option, String value) {
        text.append("    ").append(option).append(' ').append(value).append('\n');
    }

    /// Our file, and the line in the user's configuration that names it; its first one, since an `Include` below a
    /// `Host`
    /// line belongs to that.
    ///
    /// @return whether the line was not there yet
    public boolean install(String blocks) throws Failure {
        try {
            writeOurs(blocks);
            String text = text();
            if (isNamedIn(text)) {
                return false;
            }
            Path folder = users.getParent();
            if (!Files.isDirectory(folder)) {
                Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            writeUsers(REMARK + "\n" + include() + "\n" + text);
            return true;
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /// Undoes [#install]; everything else in the user's configuration stays as it is, byte for byte.
    ///
    /// @return whether there was something to undo
    public boolean remove() throws Failure {
        try {
            boolean wasThere = Files.deleteIfExists(ours);
            String text = text();
            StringBuilder kept = new StringBuilder();
            // with its end, whichever that is
            for (String line : text.split("(?<=\n)", -1)) {
                String content = line.strip();
                if (!content.equals(REMARK) && !content.equals(include())) {
                    kept.append(line);
                }
            }
            if (kept.length() == text.length()) {
                return wasThere;
            }
            if (kept.isEmpty()) {
                Files.delete(users.toRealPath());
            } else {
                writeUsers(kept.toString());
            }
            return true;
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /// Whether [#install] was used, so that changes have to be followed.
    public boolean isInstalled() {
        return Files.exists(ours);
    }

    /// After a VM came or went; does nothing where nothing was installed.
    public void follow(String blocks) throws Failure {
        try {
            if (isInstalled()
                    && !Files.readString(ours, StandardCharsets.ISO_8859_1).equals(latin(blocks))) {
                writeOurs(blocks);
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private String include() {
        return "Include " + Ssh.quoted(ours.toString()).replace("%%", "%");
    }

    private boolean isNamedIn(String text) {
        return text.lines().anyMatch(line -> line.strip().equals(include()));
    }

    /// Any bytes are a text of ISO 8859-1, and the same bytes again: a configuration may be in any encoding.
    private String text() throws IOException {
        try {
            return Files.readString(users, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private static String latin(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private void writeOurs(String blocks) throws IOException, Failure {
        Files.createDirectories(
                ours.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        replace(ours, latin("# Made by vmlan, and made anew when VMs come and go.\n\n" + blocks), Optional.empty());
    }

    /// A configuration that is a link, as people with a folder of such files have it, stays one.
    private void writeUsers(String text) throws IOException {
        boolean exists = Files.exists(users);
        Path file = exists ? users.toRealPath() : users;
        replace(
                file,
                text,
                exists ? Optional.of(Files.readAttributes(file, PosixFileAttributes.class)) : Optional.empty());
    }

    /// Beside it, then in its place: whoever reads meanwhile finds the old one or the new one.
    private static void replace(Path file, String text, Optional<PosixFileAttributes> as) throws IOException {
        Path fresh = Files.createTempFile(
                file.getParent(), file.getFileName() + ".", ".new", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try {
            Files.writeString(fresh, text, StandardCharsets.ISO_8859_1);
            if (as.isPresent()) {
                PosixFileAttributeView view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
                view.setPermissions(as.get().permissions());
                if (!Files.getOwner(fresh).equals(as.get().owner())) {
                    view.setOwner(as.get().owner());
                }
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private Failure unwritable(IOException e) {
        return Failure.world(
                "ssh's configuration cannot be changed: " + Places.reason(e),
                "look at " + users + " and " + ours + ", or put the output of vmlan ssh-config where ssh reads it",
                e);
    }
}
