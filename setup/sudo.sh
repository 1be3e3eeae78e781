# shellcheck shell=sh
# shellcheck disable=SC2154 # here: set by ./vmlan
# Under sudo: root installs what is missing and then becomes the caller again, so that nothing that is built, kept or
# started belongs to root. Networks that need a NIC of the host, or a tap, are started on the way: by the caller too,
# with just the three capabilities that opening these takes (setup/open-network.sh goes on from there). Where there is
# Apple's vmnet, which asks for root and knows no capabilities, root starts them and works for the caller
# (VMLAN_OWNER, vmlan.host.posix.Identity).

become_caller() {
    . "$here/setup/say.sh"
    . "$here/setup/java.sh"
    . "$here/setup/packages.sh"
    . "$here/setup/qemu.sh"
    errors_for "$@"
    caller_environment
    if [ "$(package_manager)" != brew ]; then
        missing_qemu=''
        case ${1-} in
        run | qemu | demo) [ -n "${VMLAN_QEMU-}" ] || find_missing_qemu "$@" ;;
        esac
        missing_ip=''
        [ "${1-}" != demo ] || missing_ip=ip
        # shellcheck disable=SC2086 # no word or one
        need jdk maven ${missing_qemu:+qemu-$missing_qemu} $missing_ip
    fi
    case ${1-}:${2-} in
    network:start)
        if has_vmnet; then
            build_as_caller
            exec_for_caller "$here/vmlan" "$@"
        fi
        rights_for_networks
        exec_as_caller "$here/vmlan" "$@"
        ;;
    doctor:*)
        if has_vmnet && has_word --selftest "$@"; then
            build_as_caller
            exec_for_caller "$here/vmlan" "$@"
        fi
        ;;
    dns:install | dns:remove | network:autostart)
        # who typed sudo lets it be typed once more, for the one file that is written with rights
        set -- "$@" --sudo
        ;;
    run:* | start:* | restart:* | qemu:*)
        sudo_needed=$( (exec_as_caller "$here/vmlan" network needed -- "$@") ) || sudo_needed=''
        start_networks "$sudo_needed"
        ;;
    esac
    exec_as_caller "$here/vmlan" "$@"
}

# start_networks LINES: each line a network's name and options
start_networks() {
    [ -n "$1" ] || return 0
    printf '%s\n' "$1" | (
        starts=exec_for_caller
        has_vmnet || {
            rights_for_networks
            starts=exec_as_caller
        }
        while IFS= read -r sudo_line; do
            # shellcheck disable=SC2086 # a name and options, neither with blanks
            ("$starts" "$here/vmlan" network start $sudo_line </dev/null) || exit 1
        done
    ) || exit 1
}

# Tests pretend a vmnet on Linux (vmlan.program.config.Vmnet).
has_vmnet() {
    [ -n "${VMLAN_VMNET_LIBRARY-}" ] || [ "$(uname -s)" = Darwin ]
}

# has_word WORD ARGUMENTS…
has_word() {
    has_wanted=$1
    shift
    for has_each; do
        [ "$has_each" != "$has_wanted" ] || return 0
    done
    return 1
}

# What runs as root is the build that there is: it is brought up to date before, by whom it belongs to.
build_as_caller() {
    (exec_as_caller "$here/vmlan" --version </dev/null >/dev/null) || exit 1
}

# As root, for the caller: exec, as below.
exec_for_caller() {
    VMLAN_OWNER=$caller_uid:$caller_gid
    VMLAN_NO_BUILD=1
    export VMLAN_OWNER VMLAN_NO_BUILD
    exec "$@"
}

# What exec_as_caller leaves the caller with: CAP_NET_ADMIN, CAP_NET_RAW and, since Linux 5.8, CAP_BPF (number 39).
rights_for_networks() {
    command -v setpriv >/dev/null 2>&1 ||
        fail "setpriv is missing, which gives a network the few rights that it needs" "install util-linux"
    caller_rights=+net_admin,+net_raw
    # cat: a shell reads byte by byte, and this file has only its first one that way
    caller_last=$(cat /proc/sys/kernel/cap_last_cap 2>/dev/null)
    [ "${caller_last:-0}" -lt 39 ] || caller_rights=$caller_rights,+cap_39
}

# sudo keeps or replaces HOME, as it is configured: it shall be the caller's, and so shall the folder for sockets.
caller_environment() {
    caller_uid=$SUDO_UID
    caller_gid=${SUDO_GID:-$(id -g "$caller_uid")}
    caller_name=${SUDO_USER:-$(id -un "$caller_uid")} || fail "there is no user $caller_uid" "start vmlan without sudo"
    if command -v getent >/dev/null 2>&1; then
        HOME=$(getent passwd "$caller_uid" | cut -d: -f6)
    else
        HOME=$(eval "echo ~$(id -un "$caller_uid")")
    fi
    USER=$caller_name
    LOGNAME=$caller_name
    export HOME USER LOGNAME
    if [ -n "${VMLAN_RUNTIME_DIR+set}" ]; then
        # the program's own sudo line hands over what the caller has, if that is not the usual
        XDG_RUNTIME_DIR=$VMLAN_RUNTIME_DIR
        export XDG_RUNTIME_DIR
    elif [ -d "/run/user/$caller_uid" ]; then
        export XDG_RUNTIME_DIR="/run/user/$caller_uid"
    else
        unset XDG_RUNTIME_DIR
    fi
    # Each user of macOS has a temporary folder, where the sockets are, too (confstr(3), _CS_DARWIN_USER_TEMP_DIR);
    # sudo leaves the variable out.
    if [ -z "${TMPDIR-}" ] && [ "$(uname -s)" = Darwin ] &&
        caller_folder=$(sudo -u "#$caller_uid" getconf DARWIN_USER_TEMP_DIR 2>/dev/null) && [ -n "$caller_folder" ]; then
        TMPDIR=$caller_folder
        export TMPDIR
    fi
    unset SUDO_UID SUDO_GID SUDO_USER SUDO_COMMAND VMLAN_OWNER
}

# exec, so that the process id stays what the caller's shell knows
exec_as_caller() {
    if [ -n "${caller_rights-}" ]; then
        exec setpriv --reuid "$caller_uid" --regid "$caller_gid" --init-groups --no-new-privs \
            --bounding-set "-all,$caller_rights" --inh-caps "-all,$caller_rights" \
            --ambient-caps "-all,$caller_rights" "$@"
    elif command -v setpriv >/dev/null 2>&1; then
        exec setpriv --reuid "$caller_uid" --regid "$caller_gid" --init-groups "$@"
    elif command -v runuser >/dev/null 2>&1; then
        exec runuser -u "$caller_name" -- "$@"
    fi
    # sudo clears the environment; what belongs to vmlan is handed over by name
    for caller_variable in $(env | sed -n 's/^\(VMLAN_[A-Z0-9_]*\)=.*/\1/p') HOME USER LOGNAME TMPDIR JAVA_HOME \
        XDG_RUNTIME_DIR TERM; do
        eval "caller_value=\${$caller_variable-}"
        # shellcheck disable=SC2154 # set by the eval above
        [ -z "$caller_value" ] || set -- "$caller_variable=$caller_value" "$@"
    done
    exec sudo -u "#$caller_uid" env "$@"
}
