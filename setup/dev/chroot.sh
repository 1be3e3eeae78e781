# shellcheck shell=sh
# shellcheck disable=SC2154 # here: set by ./dev
# A new Debian in a folder, for `./dev fresh --chroot`: nothing installed but what debootstrap needs, the machine's
# mirror, proxies and certificates. Everything that is mounted or started there is in a mount and a process namespace
# of its own: they end with the shell that holds them, however it ends, so no mount can be left over for rm to
# descend into, and no process.

. "$here/setup/places.sh"
. "$here/setup/java.sh"
. "$here/setup/packages.sh"
. "$here/setup/debian.sh"

chroot_holder=''

# make_chroot FOLDER SUITE
make_chroot() {
    [ "$(id -u)" = 0 ] || fail "a chroot needs root" "type: sudo ./dev fresh --chroot"
    need debootstrap unshare nsenter
    chroot_entry=$(debian_entries "$2" | grep "|$2|" | head -n 1)
    [ -n "$chroot_entry" ] || fail "this machine's apt knows no Debian mirror" "./dev fresh without --chroot works anywhere"
    chroot_key=${chroot_entry%%|*}
    chroot_mirror=$(printf '%s' "$chroot_entry" | cut -d'|' -f2)
    chroot_folder=$1
    chroot_suite=$2
    say "making a Debian $chroot_suite"
    watched "debootstrap" run_debootstrap || {
        tail -n 12 "$fresh_tree/debootstrap.log" >&2
        fail "there is no Debian $chroot_suite" "see above"
    }
    furnish_chroot
    hold_chroot
}

# In namespaces as well: it mounts /proc, and its children do not end by themselves when this script does.
run_debootstrap() {
    set -- --variant=minbase
    [ "$chroot_key" = - ] || set -- "$@" "--keyring=$chroot_key"
    # without a terminal to write to, its wget leaves a log where it is started
    cd "$fresh_tree" || return
    exec unshare --mount --propagation private --pid --fork --kill-child \
        debootstrap "$@" "$chroot_suite" "$chroot_folder" "$chroot_mirror" >"$fresh_tree/debootstrap.log" 2>&1
}

# What this machine knows of the network, the new one is told too.
furnish_chroot() {
    debian_sources "$chroot_suite" >"$chroot_folder/etc/apt/sources.list"
    apt_transport_options | grep -v -i -e Languages -e GzipIndexes >"$chroot_folder/etc/apt/apt.conf.d/90this-machine"
    for chroot_file in /etc/hosts /etc/resolv.conf /etc/apt/auth.conf /etc/apt/auth.conf.d /root/.m2/settings.xml \
        /usr/local/share/ca-certificates; do
        [ -e "$chroot_file" ] || continue
        mkdir -p "$chroot_folder${chroot_file%/*}"
        rm -rf "${chroot_folder:?}$chroot_file"
        cp -RL "$chroot_file" "$chroot_folder$chroot_file"
    done
    # Debian's own keys are there; a mirror may have one of its own
    [ "$chroot_key" = - ] || [ -e "$chroot_folder$chroot_key" ] || {
        mkdir -p "$chroot_folder${chroot_key%/*}"
        cp "$chroot_key" "$chroot_folder$chroot_key"
    }
}

# A process that stays as long as this shell has the writing end of a pipe open. As the first process of its namespace
# it takes in the orphans of daemons, so it has to wait for them: a shell in `wait` does.
hold_chroot() {
    mkfifo "$fresh_tree/hold"
    # shellcheck disable=SC2016 # for the inner shell to expand
    unshare --mount --propagation private --pid --fork sh -c '
        root=$1
        mount -t proc proc "$root/proc" && mount -t tmpfs -o mode=755 dev "$root/dev" || exit 1
        cd "$root/dev" && mkdir pts shm net || exit 1
        mount -t devpts -o newinstance,ptmxmode=0666 devpts pts && mount -t tmpfs shm shm || exit 1
        mknod -m 666 null c 1 3 && mknod -m 666 zero c 1 5 && mknod -m 666 full c 1 7 || exit 1
        mknod -m 666 random c 1 8 && mknod -m 666 urandom c 1 9 && mknod -m 666 tty c 5 0 || exit 1
        mknod -m 666 net/tun c 10 200 || exit 1
        ln -s pts/ptmx ptmx && ln -s /proc/self/fd fd && ln -s fd/0 stdin && ln -s fd/1 stdout && ln -s fd/2 stderr
        cd /
        exec 3<&0
        cat <&3 >/dev/null &
        : >"$2"
        wait $!
    ' sh "$chroot_folder" "$fresh_tree/held" <"$fresh_tree/hold" &
    chroot_holder=$!
    exec 9>"$fresh_tree/hold"
    chroot_waited=0
    while [ ! -e "$fresh_tree/held" ]; do
        [ "$chroot_waited" -lt 50 ] || fail "no namespace for the chroot could be made" "is this a container without CAP_SYS_ADMIN?"
        chroot_waited=$((chroot_waited + 1))
        short_pause
    done
}

# become_in_chroot FOLDER COMMAND…: in the clone there, as root, with the environment of a first login
become_in_chroot() {
    chroot_root=$1
    shift
    exec nsenter "--mount=/proc/$chroot_holder/ns/mnt" "--pid=/proc/$chroot_holder/ns/pid_for_children" \
        chroot "$chroot_root" /usr/bin/env -i HOME=/root USER=root LOGNAME=root SHELL=/bin/sh TERM=dumb LANG=C.UTF-8 \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
        sh -c 'cd /vmlan && exec "$@"' sh "$@" 9>&-
}

leave_chroot() {
    [ -n "$chroot_holder" ] || return 0
    exec 9>&-
    wait "$chroot_holder" 2>/dev/null
    chroot_holder=''
}
