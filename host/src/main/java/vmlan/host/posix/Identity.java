package vmlan.host.posix;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Root's process that works for a user. Read credentials(7), "User and group identifiers", first; for macOS setuid(2).
///
/// ```
///             real    effective   saved
/// sudo        root      root      root
/// actAsOwner  root     OWNER      root      files, sockets and what children make are the owner's
/// asRoot      root      root      root      for the time of one call
/// becomeOwner OWNER    OWNER     OWNER      for good
/// ```
///
/// A Mac has no capabilities, and an interface of vmnet does not outlive an exec, so that the process which serves a
/// network has to be root's when it starts the interface; it goes on without: vmnet-helper starts the interface,
/// drops its rights, and reads, writes and stops the interface as the user (nirs/vmnet-helper, helper.c: `main`).
/// vmnet.h says nothing of who may call but `vmnet_start_interface`. Tested on Linux, not run on a Mac.
///
/// What is executed while the process acts keeps root as its real user, and the owner as effective and saved one
/// (execve(2); XNU kern_exec.c, `exec_handle_sugid`). A program of ours goes on from there by this class; bash, and
/// dash where it knows `-p`, make the effective user the real one again (bash(1), "INVOCATION"); busybox does not.
///
/// All of this is the whole process's. Calls wait for one another.
public final class Identity {
    /// `uid:gid` of the owner; setup/sudo.sh and launchd set it.
    public static final String VARIABLE = "VMLAN_OWNER";

    private static final Pattern OWNER = Pattern.compile("([0-9]{1,10}):([0-9]{1,10})");
    /// (uid_t) -1 means "leave it" in setreuid(2), and is nobody.
    private static final long MOST = 0xffff_fffeL;

    /// There is one process, so one lock.
    private static final ReentrantLock PROCESS = new ReentrantLock();

    private final int uid;
    private final int gid;

    private Identity(int uid, int gid) {
        this.uid = uid;
        this.gid = gid;
    }

    /// Empty where this is not root's process, or no owner is named.
    ///
    /// @throws IllegalArgumentException the variable names no owner that is not root
    public static Optional<Identity> ofEnvironment() {
        return of(System.getenv(VARIABLE));
    }

    static Optional<Identity> of(String owner) {
        if (owner == null || IdentityCalls.getuid() != 0) {
            return Optional.empty();
        }
        return Optional.of(parse(owner));
    }

    static Identity parse(String owner) {
        Matcher matcher = OWNER.matcher(owner);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + owner + "' is not uid:gid, such as 501:20");
        }
        long uid = Long.parseLong(matcher.group(1));
        long gid = Long.parseLong(matcher.group(2));
        if (uid > MOST || gid > MOST) {
            throw new IllegalArgumentException("'" + owner + "' has a number that nobody can have");
        }
        if (uid == 0) {
            throw new IllegalArgumentException("'" + owner + "' is root, which needs nobody to work for");
        }
        return new Identity((int) uid, (int) gid);
    }

    /// Whose files this process makes. Unlike who owns a new file this can be asked for where no folder may be
    /// written: a Java that root started has root's temporary folder on macOS (JDK java_props_md.c,
    /// `_CS_DARWIN_USER_TEMP_DIR`).
    public static int effectiveUser() {
        return IdentityCalls.geteuid();
    }

    public static int effectiveGroup() {
        return IdentityCalls.getegid();
    }

    /// From now on everything is done as the owner does it; root can be had back.
    public void actAsOwner() throws IdentityException {
        PROCESS.lock();
        try {
            rise();
            check(IdentityCalls.setegid(gid), "setegid(" + text(gid) + ")");
            check(IdentityCalls.seteuid(uid), "seteuid(" + text(uid) + ")");
        } finally {
            PROCESS.unlock();
        }
    }

    /// Root, with the owner's groups: only root may change them.
    private void rise() throws IdentityException {
        check(IdentityCalls.seteuid(0), "seteuid(0)");
        MemorySegment name = IdentityCalls.nameOf(uid);
        if (name.address() == 0) {
            check(IdentityCalls.setgroups(gid), "setgroups(" + text(gid) + ")");
        } else {
            // On macOS this leaves memberships to the directory service, and more than 16 are possible; setgroups does
            // not (XNU kern_prot.c: CRF_NOMEMBERD).
            check(IdentityCalls.initgroups(name, gid), "initgroups of user " + text(uid));
        }
    }

    /// Does something as root, user and group as sudo and launchd have them, and goes back to what was before.
    ///
    /// Other threads are root's meanwhile, too, and what they make is: the process does nothing else then.
    public <T> T asRoot(Callable<T> work) throws Exception {
        PROCESS.lock();
        try {
            int group = IdentityCalls.getegid();
            int user = IdentityCalls.geteuid();
            check(IdentityCalls.seteuid(0), "seteuid(0)");
            T result;
            try {
                check(IdentityCalls.setegid(IdentityCalls.getgid()), "setegid(" + text(IdentityCalls.getgid()) + ")");
                result = work.call();
            } catch (Throwable t) {
                try {
                    restore(user, group);
                } catch (IdentityException e) {
                    t.addSuppressed(e);
                }
                throw t;
            }
            restore(user, group);
            return result;
        } finally {
            PROCESS.unlock();
        }
    }

    private static void restore(int user, int group) throws IdentityException {
        check(IdentityCalls.setegid(group), "setegid(" + text(group) + ")");
        check(IdentityCalls.seteuid(user), "seteuid(" + text(user) + ")");
    }

    /// Gives root up for good, and looks whether it is gone.
    ///
    /// @throws IdentityException it is not, or not wholly: then this process must end
    public void becomeOwner() throws IdentityException {
        PROCESS.lock();
        try {
            rise();
            check(IdentityCalls.setgid(gid), "setgid(" + text(gid) + ")");
            check(IdentityCalls.setuid(uid), "setuid(" + text(uid) + ")");
            verify();
        } finally {
            PROCESS.unlock();
        }
    }

    private void verify() throws IdentityException {
        if (IdentityCalls.seteuid(0) == 0) {
            throw new IdentityException("setuid(" + text(uid) + ") left a way back to root");
        }
        if (gid != 0 && IdentityCalls.setegid(0) == 0) {
            throw new IdentityException("setgid(" + text(gid) + ") left a way back to root's group");
        }
        if (IdentityCalls.getuid() != uid
                || IdentityCalls.geteuid() != uid
                || IdentityCalls.getgid() != gid
                || IdentityCalls.getegid() != gid) {
            throw new IdentityException("the process is still "
                    + text(IdentityCalls.getuid()) + "/" + text(IdentityCalls.geteuid()) + ":"
                    + text(IdentityCalls.getgid()) + "/" + text(IdentityCalls.getegid()) + " and not " + this);
        }
    }

    private static void check(int result, String call) throws IdentityException {
        if (result != 0) {
            throw new IdentityException(call, result, "this process has to be root's: start it by sudo ./vmlan");
        }
    }

    private static String text(int id) {
        return Integer.toUnsignedString(id);
    }

    /// As in the variable.
    @Override
    public String toString() {
        return text(uid) + ":" + text(gid);
    }
}
