package vmlan.program.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import vmlan.host.posix.Identity;
import vmlan.program.message.Failure;
import vmlan.qemu.tool.SystemWords;

/// The folders of one user, by the XDG base directory specification, macOS' Library, or `$VMLAN_HOME`.
/// docs/files.md lists every file below them.
public final class Places {
    /// The length of sun_path on macOS; Linux has 108 (sys/un.h). One bound for both, so that a path that
    /// works on one works on the other. The terminating zero needs a byte.
    public static final int SOCKET_PATH_LIMIT = 104;

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final Path config;
    private final Path state;
    private final Path run;
    private final Path cache;
    private final Path shortRun;

    private Places(Path config, Path state, Path run, Path cache, Path shortRun) {
        this.config = config;
        this.state = state;
        this.run = run;
        this.cache = cache;
        this.shortRun = shortRun;
    }

    public static Places ofThisUser() throws Failure {
        return of(ofSystem(System.getenv()), System.getProperty("os.name").startsWith("Mac"), uid());
    }

    /// Cron, services and `env -i` leave HOME away, and the system knows it all the same (getpwuid(3), by Java).
    private static Map<String, String> ofSystem(Map<String, String> environment) {
        String home = System.getProperty("user.home", "");
        if (!environment.getOrDefault("HOME", "").isEmpty()
                || !home.startsWith("/")
                || !Files.isDirectory(Path.of(home))) {
            return environment;
        }
        Map<String, String> all = new HashMap<>(environment);
        all.put("HOME", home);
        return all;
    }

    /// Everything below one folder, as with `$VMLAN_HOME`.
    public static Places in(Path home) throws Failure {
        return of(Map.of("VMLAN_HOME", home.toAbsolutePath().toString()), false, uid());
    }

    /// @param environment of which `VMLAN_HOME`, `HOME`, `TMPDIR` and the XDG variables count
    public static Places of(Map<String, String> environment, boolean mac, int uid) throws Failure {
        Path shortRun = Path.of("/tmp/vmlan-" + uid);
        String own = text(environment, "VMLAN_HOME");
        if (own != null && !own.startsWith("/")) {
            throw Failure.usage(
                    "VMLAN_HOME is " + own + ", which is a folder only from here",
                    "set it to a whole path: VMLAN_HOME=" + Path.of(own).toAbsolutePath());
        }
        if (own != null) {
            Path home = Path.of(own);
            return new Places(
                    home.resolve("config"),
                    home.resolve("state"),
                    home.resolve("run"),
                    home.resolve("cache"),
                    shortRun);
        }
        String home = absolute(environment, "HOME");
        String temporary = absolute(environment, "TMPDIR");
        String runtime = absolute(environment, "XDG_RUNTIME_DIR");
        if (runtime != null && isOfAnother(Path.of(runtime), uid)) {
            // It stays set after `su`. "The directory MUST be owned by the user" (XDG): else it counts as not set.
            runtime = null;
        }
        Path run = runtime != null
                ? Path.of(runtime, "vmlan")
                : Path.of(temporary != null ? temporary : "/tmp", "vmlan-" + uid);
        if (mac) {
            Path library = Path.of(needed(home), "Library");
            Path support = library.resolve("Application Support").resolve("vmlan");
            return new Places(
                    support.resolve("config"),
                    support.resolve("state"),
                    run,
                    library.resolve("Caches/vmlan"),
                    shortRun);
        }
        return new Places(
                xdg(environment, "XDG_CONFIG_HOME", home, ".config"),
                xdg(environment, "XDG_STATE_HOME", home, ".local/state"),
                run,
                xdg(environment, "XDG_CACHE_HOME", home, ".cache"),
                shortRun);
    }

    private static Path xdg(Map<String, String> environment, String variable, String home, String below)
            throws Failure {
        String value = absolute(environment, variable);
        return value != null ? Path.of(value, "vmlan") : Path.of(needed(home), below, "vmlan");
    }

    /// "All paths set in these environment variables must be absolute" (XDG): a relative one counts as not set.
    private static String absolute(Map<String, String> environment, String variable) throws Failure {
        String value = text(environment, variable);
        return value == null || !value.startsWith("/") ? null : value;
    }

    /// Null where it is not set, or empty. Paths end up in messages, logs and files of lines.
    private static String text(Map<String, String> environment, String variable) throws Failure {
        String value = environment.get(variable);
        if (value != null && value.chars().anyMatch(Character::isISOControl)) {
            throw Failure.usage(
                    variable + " has a line break or another control character in it",
                    "set it to the path of a folder without such");
        }
        return value == null || value.isEmpty() ? null : value;
    }

    private static boolean isOfAnother(Path folder, int uid) {
        try {
            return (Integer) Files.getAttribute(folder, "unix:uid") != uid;
        } catch (IOException e) {
            return false; // whoever makes it owns it
        }
    }

    private static String needed(String home) throws Failure {
        if (home == null) {
            throw Failure.usage(
                    "there is no home folder: $HOME is not set",
                    "set VMLAN_HOME to a folder where vmlan may keep its files, or HOME");
        }
        return home;
    }

    /// Of this process.
    public static int uid() throws Failure {
        if (System.getenv(Identity.VARIABLE) != null) {
            // Root's process that works for a user: on macOS its temporary folder is root's, where the probe below
            // fails.
            return Identity.effectiveUser();
        }
        try {
            Path self = Path.of("/proc/self");
            if (Files.exists(self)) {
                return (Integer) Files.getAttribute(self, "unix:uid");
            }
            Path probe = Files.createTempFile("vmlan", ".uid");
            try {
                return (Integer) Files.getAttribute(probe, "unix:uid");
            } finally {
                Files.delete(probe);
            }
        } catch (IOException e) {
            throw Failure.world("cannot tell who this user is: " + e.getMessage(), "check /proc and $TMPDIR", e);
        }
    }

    public Path config() {
        return config;
    }

    /// The same; made if it is not there.
    public Path configMade() throws Failure {
        return made(config);
    }

    public Path cache() throws Failure {
        return made(cache);
    }

    /// The same path, without making anything.
    public Path cacheIfAny() {
        return cache;
    }

    /// Where sockets are, but for those of [#shortRunIfAny].
    public Path runIfAny() {
        return run;
    }

    /// Where sockets are whose path would be too long.
    public Path shortRunIfAny() {
        return shortRun;
    }

    /// As [#socket], without making anything.
    public Path socketIfAny(String folder, String name) {
        Path path = run.resolve(folder).resolve(name);
        return isShort(path) ? path : shortRun.resolve(digest(path.toString()) + ".sock");
    }

    private static boolean isShort(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length < SOCKET_PATH_LIMIT;
    }

    /// A folder that survives restarts; made if it is not there.
    public Path state(String... names) throws Failure {
        return made(below(state, names));
    }

    /// The same path, without making anything.
    public Path stateIfAny(String... names) {
        return below(state, names);
    }

    /// A socket's or lock's path in the run-time folder; its folder is made. A path that is too long for a
    /// socket becomes a short one that depends on nothing but the long one, so that every command finds it.
    public Path socket(String folder, String name) throws Failure {
        if (isShort(run.resolve(folder).resolve(name))) {
            owned(run);
            made(run.resolve(folder));
        } else {
            owned(shortRun);
        }
        return socketIfAny(folder, name);
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static Path below(Path folder, String... names) {
        Path path = folder;
        for (String name : names) {
            path = path.resolve(name);
        }
        return path;
    }

    private static Path made(Path folder) throws Failure {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            }
            return folder;
        } catch (IOException e) {
            throw Failure.world(
                    "cannot make the folder " + folder + ": " + reason(e),
                    "make it writable for you, or set VMLAN_HOME to a folder that is",
                    e);
        }
    }

    /// The run-time folder may lie in a place where others can write, such as /tmp: whoever made it first
    /// could read our sockets, so it must be a folder of our own that nobody else may enter.
    private static void owned(Path folder) throws Failure {
        made(folder);
        try {
            int owner = (Integer) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            if (Files.isSymbolicLink(folder) || owner != uid()) {
                throw Failure.world(
                        folder + (owner != uid() ? " belongs to somebody else" : " is a link, not a folder"),
                        "remove it, or set VMLAN_HOME to a folder of your own");
            }
            if (!Files.getPosixFilePermissions(folder).equals(OWNER_ONLY)) {
                Files.setPosixFilePermissions(folder, OWNER_ONLY);
            }
        } catch (IOException e) {
            throw Failure.world("cannot look at " + folder + ": " + reason(e), "check its permissions", e);
        }
    }

    /// What the system said, without the Java around it.
    public static String reason(IOException e) {
        return SystemWords.of(e);
    }
}
