# shellcheck shell=sh
# shellcheck disable=SC2154 # here: set by ./vmlan
# Under sudo: root installs what is missing and then becomes the caller again, so that nothing that is built, kept or
# started belongs to root. A network that needs a NIC of the host will keep rights of its own at this place: it opens
# its devices before `exec_as_caller`, and nothing else runs with them.

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
        run | qemu) [ -n "${VMLAN_QEMU-}" ] || find_missing_qemu "$@" ;;
        esac
        # shellcheck disable=SC2086 # no word or one
        need jdk maven ${missing_qemu:+qemu-$missing_qemu}
    fi
    exec_as_caller "$here/vmlan" "$@"
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
    if [ -d "/run/user/$caller_uid" ]; then
        export XDG_RUNTIME_DIR="/run/user/$caller_uid"
    else
        unset XDG_RUNTIME_DIR
    fi
    unset SUDO_UID SUDO_GID SUDO_USER SUDO_COMMAND
}

# exec, so that the process id stays what the caller's shell knows
exec_as_caller() {
    if command -v setpriv >/dev/null 2>&1; then
        exec setpriv --reuid "$caller_uid" --regid "$caller_gid" --init-groups "$@"
    elif command -v runuser >/dev/null 2>&1; then
        exec runuser -u "$caller_name" -- "$@"
    fi
    # sudo clears the environment; what belongs to vmlan is handed over by name
    for caller_variable in $(env | sed -n 's/^\(VMLAN_[A-Z0-9_]*\)=.*/\1/p') HOME USER LOGNAME JAVA_HOME XDG_RUNTIME_DIR TERM; do
        eval "caller_value=\${$caller_variable-}"
        # shellcheck disable=SC2154 # set by the eval above
        [ -z "$caller_value" ] || set -- "$caller_variable=$caller_value" "$@"
    done
    exec sudo -u "#$caller_uid" env "$@"
}
