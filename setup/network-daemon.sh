#!/bin/sh
# With rights: has launchd start a network with the machine, or takes that back. Writes one file, and removes none but its
# own. Started by `vmlan network autostart`. Not run on a Mac.
#
#   network-daemon.sh install LABEL [--root FOLDER] <PLIST
#   network-daemon.sh remove LABEL [--root FOLDER]         --root: for tests; launchctl is looked for there, too
set -u
# sudo of macOS keeps the caller's, and what is found there would run as root
PATH=/usr/bin:/bin:/usr/sbin:/sbin

fail() {
    printf 'vmlan: %s\n' "$1" >&2
    exit 1
}

what=${1-}
label=${2-}
root=''
[ "${3-}" != --root ] || root=$4
# It becomes a file's name.
case $label in
*[!A-Za-z0-9_.@:-]*) fail "'$label' is no label of vmlan's" ;;
vmlan-network-?*) ;;
*) fail "'$label' is no label of vmlan's" ;;
esac
file=$root/Library/LaunchDaemons/$label.plist
launchctl=$root/bin/launchctl

# Only a file that is a daemon of that label.
is_ours() {
    [ -f "$file" ] && [ ! -L "$file" ] && grep -q -F "<string>$label</string>" "$file" && grep -q -F VMLAN_OWNER "$file"
}

is_loaded() {
    "$launchctl" print "system/$label" >/dev/null 2>&1
}

# bootout returns before launchd has let go of the label, and a bootstrap until then fails with "5: Input/output error".
unload() {
    is_loaded || return 0
    "$launchctl" bootout "system/$label" || true
    tries=30 # launchd gives a daemon 20 s to end (launchd.plist(5), ExitTimeOut)
    while is_loaded; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "launchd does not end $label"
        sleep 1
    done
}

# launchd takes only what belongs to root, and nobody else can write.
write_the_file() {
    cat >"$file.new" && { [ "$(id -u)" != 0 ] || chown 0:0 "$file.new"; } && chmod 644 "$file.new" &&
        mv -f "$file.new" "$file"
}

umask 022
case $what in
install)
    [ ! -e "$file" ] || is_ours || fail "$file is not vmlan's; it is left alone"
    unload
    if ! write_the_file; then
        rm -f "$file.new"
        exit 1
    fi
    # one that was switched off stays so otherwise (launchctl(1), disable)
    "$launchctl" enable "system/$label" || true
    if ! "$launchctl" bootstrap system "$file"; then
        rm -f "$file"
        fail "launchd did not take $file, which is removed again"
    fi
    ;;
remove)
    [ ! -e "$file" ] || is_ours || fail "$file is not vmlan's; it is left alone"
    unload
    rm -f "$file" || exit 1
    ;;
*) fail "'$what' is neither install nor remove" ;;
esac
