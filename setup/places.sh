# shellcheck shell=sh
# Where vmlan's own files go when it cannot or must not write beside its sources. The same places as the program's.

# The caller's home folder, also without $HOME; empty if there is none that can be used.
home_folder() {
    home=${HOME-}
    if [ -z "$home" ] && command -v getent >/dev/null 2>&1; then
        home=$(getent passwd "$(id -u)" | cut -d: -f6)
    elif [ -z "$home" ]; then
        # the shell knows the home folder of a name; the name is the system's, not the caller's
        home=$(eval "echo ~$(id -un)")
    fi
    [ -d "$home" ] && [ -w "$home" ] && printf '%s\n' "$home"
}

# $XDG_CACHE_HOME/vmlan or what stands for it here; without a home folder a folder in /tmp that is the caller's alone
cache_folder() {
    if [ -n "${VMLAN_HOME-}" ]; then
        printf '%s\n' "$VMLAN_HOME/cache"
    elif [ -n "${XDG_CACHE_HOME-}" ]; then
        printf '%s\n' "$XDG_CACHE_HOME/vmlan"
    elif home=$(home_folder); then
        if [ -d "$home/Library/Caches" ]; then
            printf '%s\n' "$home/Library/Caches/vmlan"
        else
            printf '%s\n' "$home/.cache/vmlan"
        fi
    else
        own_temporary_folder
    fi
}

# Others can make a folder of this name before us and then replace our programs: it has to be ours, and closed.
own_temporary_folder() {
    own=${TMPDIR:-/tmp}
    own=${own%/}/vmlan-$(id -u)
    mkdir -m 700 "$own" 2>/dev/null
    # shellcheck disable=SC3067 # -O: see vmlan
    if [ -L "$own" ] || [ ! -d "$own" ] || [ ! -O "$own" ] || ! chmod 700 "$own"; then
        printf 'vmlan: %s belongs to somebody else\n  set XDG_CACHE_HOME to a folder of yours\n' "$own" >&2
        return 1
    fi
    printf '%s\n' "$own"
}

# foreign_build_folder CHECKOUT: the build of a checkout that is somebody else's (or that a class path cannot name)
foreign_build_folder() {
    cache=$(cache_folder) || return 1
    sum=$(printf '%s' "$1" | cksum) || return 1
    printf '%s/build-%s\n' "$cache" "${sum%% *}"
}

# owners_build_folder CHECKOUT: for root's process that works for the user of $VMLAN_OWNER. Where root has built a
# checkout of its own, nobody else can change what runs as root; otherwise it is that user's build.
owners_build_folder() {
    # shellcheck disable=SC3067 # -O: see vmlan
    if [ -O "$1" ] && [ -f "$1/build/current" ]; then
        printf '%s\n' "$1/build"
    elif [ "${1#*:}" = "$1" ] &&
        [ -n "$(find "$1" -prune -user "${VMLAN_OWNER%%:*}" -perm -200 2>/dev/null)" ]; then
        printf '%s\n' "$1/build"
    else
        foreign_build_folder "$1"
    fi
}
