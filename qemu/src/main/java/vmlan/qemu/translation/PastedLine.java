package vmlan.qemu.translation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vmlan.qemu.QemuException;

/// A command line as somebody pastes it: a prompt, variables, `sudo`, `vmlan qemu`, a QEMU by name or by path, its
/// arguments; all but these may be absent.
///
/// @param sudo whether it has sudo in front
/// @param program as typed; null where there is none
/// @param architecture of its guests in QEMU's words; null where the name says nothing: those like the host
/// @param kvm whether the name asks for KVM, as `kvm` does
public record PastedLine(boolean sudo, String program, String architecture, boolean kvm, List<String> arguments) {
    private static final Pattern SYSTEM = Pattern.compile("qemu-system-([a-z0-9_]{1,20})(?:[-.].*)?");

    /// Names of QEMU that say nothing of an architecture: Red Hat's, and Debian's old one.
    private static final Set<String> FOR_THE_HOST = Set.of("qemu-kvm", "kvm");

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=.*", Pattern.DOTALL);

    /// Options of sudo that take a word after them (man 8 sudo).
    private static final Set<String> SUDO_WITH_WORD = Set.of(
            "-u", "--user",
            "-g", "--group",
            "-C", "--close-from",
            "-D", "--chdir",
            "-h", "--host",
            "-p", "--prompt",
            "-R", "--chroot",
            "-r", "--role",
            "-t", "--type",
            "-T", "--command-timeout",
            "-U", "--other-user");

    /// Programs that run another one in an environment of its own.
    private static final Set<String> WRAPPERS = Set.of("env", "nohup", "nice", "ionice", "setsid", "exec", "time");

    public PastedLine {
        arguments = List.copyOf(arguments);
    }

    /// Whatever it is: for who explains it.
    public static PastedLine of(List<String> words) {
        return new Scan(words).line();
    }

    /// For who runs it: a QEMU, with nothing in front but sudo.
    ///
    /// @throws QemuException there is no program, or it is no QEMU
    public static PastedLine toRun(List<String> words) throws QemuException {
        Scan scan = new Scan(words);
        PastedLine line = scan.line();
        if (line.program == null && scan.passedOver == null && line.arguments.isEmpty()) {
            throw QemuException.configuration(
                    "no QEMU command line was given",
                    "put it behind: vmlan qemu qemu-system-x86_64 disk.qcow2 -nic vmnet-shared");
        }
        refuseWhatIsNoText(words);
        if (line.program != null && scan.passedOver == null) {
            return line;
        }
        String other = scan.passedOver != null ? scan.passedOver : line.arguments.getFirst();
        refuseWhatGoesBeforeUs(other);
        if (other.startsWith("-")) {
            throw QemuException.configuration(
                    "'" + other + "' stands where QEMU's name belongs",
                    "options of vmlan come first, then QEMU's command line: vmlan qemu --dry-run qemu-system-x86_64 …");
        }
        throw QemuException.configuration(
                "'" + other + "' is not a QEMU that runs machines",
                "begin the command line with qemu-system-ARCHITECTURE, such as qemu-system-x86_64, or a path to one");
    }

    /// Of bytes that are none in the terminal's encoding Java keeps nothing but a mark: another file would be opened.
    private static void refuseWhatIsNoText(List<String> words) throws QemuException {
        for (String word : words) {
            if (word.indexOf('\ufffd') >= 0) {
                throw QemuException.configuration(
                        "'" + word + "' has bytes that are no text in the encoding of this terminal",
                        "rename the file, or set a locale that has them, such as: export LC_ALL=C.UTF-8");
            }
        }
    }

    /// It would be lost between vmlan and QEMU.
    private static void refuseWhatGoesBeforeUs(String word) throws QemuException {
        if (VARIABLE.matcher(word).matches() || WRAPPERS.contains(word.substring(word.lastIndexOf('/') + 1))) {
            throw QemuException.configuration(
                    "'" + word + "' stands before QEMU's name",
                    "put it before vmlan: " + word + " vmlan qemu qemu-system-x86_64 …");
        }
    }

    /// Whether it is a name for the PATH and not a path.
    public boolean isName() {
        return !program.contains("/");
    }

    private static String fileName(String word) {
        return word.substring(word.lastIndexOf('/') + 1);
    }

    /// Goes through the words up to the program, or to the first argument.
    private static final class Scan {
        private final List<String> words;
        private int at;
        private boolean sudo;

        /// The first word that is neither of sudo nor of QEMU; null where there is none.
        private String passedOver;

        Scan(List<String> words) {
            this.words = words;
        }

        PastedLine line() {
            if (isThere(0) && words.getFirst().matches("[$%#]")) {
                passOver(1);
            }
            while (isThere(at)) {
                String word = words.get(at);
                if (word.equals("sudo")) {
                    sudo = true;
                    at = behindSudosOptions(at + 1);
                } else if (isOurs(at)) {
                    passOver(2);
                } else if (isProgram(word)) {
                    at++;
                    return made(word);
                } else if (word.equals("env") || VARIABLE.matcher(word).matches()) {
                    passOver(1);
                } else {
                    break;
                }
            }
            return made(null);
        }

        private boolean isThere(int place) {
            return place < words.size();
        }

        private void passOver(int count) {
            passedOver = passedOver == null ? words.get(at) : passedOver;
            at += count;
        }

        private PastedLine made(String program) {
            String name = program == null ? "" : fileName(program);
            Matcher system = SYSTEM.matcher(name);
            String architecture = system.matches() ? system.group(1) : null;
            List<String> arguments = new ArrayList<>(words.subList(Math.min(at, words.size()), words.size()));
            return new PastedLine(sudo, program, architecture, name.equals("kvm"), arguments);
        }

        /// All that looks like options, where a command follows them. Else they may be QEMU's own, as in `sudo -nic
        /// user`, and sudo's are those of one letter.
        private int behindSudosOptions(int from) {
            int end = from;
            while (isThere(end) && words.get(end).startsWith("-")) {
                String option = words.get(end);
                end += SUDO_WITH_WORD.contains(option) ? 2 : 1;
                if (option.equals("--")) {
                    break;
                }
            }
            return isThere(end) && isCommand(end) ? end : behindLetters(from);
        }

        private int behindLetters(int from) {
            int end = from;
            while (isThere(end) && words.get(end).matches("-[A-Za-z]|--")) {
                end += SUDO_WITH_WORD.contains(words.get(end)) ? 2 : 1;
            }
            return end;
        }

        private boolean isCommand(int place) {
            String word = words.get(place);
            return isProgram(word)
                    || isOurs(place)
                    || word.equals("sudo")
                    || word.equals("env")
                    || VARIABLE.matcher(word).matches();
        }

        /// `vmlan qemu`, two words.
        private boolean isOurs(int place) {
            return fileName(words.get(place)).equals("vmlan")
                    && isThere(place + 1)
                    && words.get(place + 1).equals("qemu");
        }

        private static boolean isProgram(String word) {
            String name = fileName(word);
            return FOR_THE_HOST.contains(name) || SYSTEM.matcher(name).matches();
        }
    }
}
