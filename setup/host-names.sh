#!/bin/sh
# With rights: tells the host's resolver that names below vmlan.internal are asked for at a port of 127.0.0.1, or takes
# that back. Writes one file, and removes none but its own. Started by `vmlan dns`.
#
#   host-names.sh install RESOLVER PORT [--root FOLDER]
#   host-names.sh remove RESOLVER [--root FOLDER]        --root: for tests, nobody is told to look then
set -u

fail() {
    printf 'vmlan: %s\n' "$1" >&2
    exit 1
}

what=${1-}
resolver=${2-}
port=''
if [ "$what" = install ]; then
    port=${3-}
    case $port in
    '' | *[!0-9]*) fail "'$port' is no port" ;;
    esac
    shift
fi
root=''
[ "${3-}" != --root ] || root=$4
domain=vmlan.internal
mark='# Made by vmlan dns install; vmlan dns remove takes it away.'
folder_mark='# Its folder, too.'

case $resolver in
delegate)
    file=$root/etc/systemd/dns-delegate.d/vmlan.dns-delegate
    content="[Delegate]
DNS=127.0.0.1:$port
Domains=$domain"
    ;;
resolved)
    file=$root/etc/systemd/resolved.conf.d/vmlan.conf
    content="[Resolve]
DNS=127.0.0.1:$port
Domains=~$domain"
    ;;
networkmanager)
    file=$root/etc/NetworkManager/dnsmasq.d/vmlan.conf
    content="server=/$domain/127.0.0.1#$port"
    ;;
macos)
    file=$root/etc/resolver/$domain
    content="nameserver 127.0.0.1
port $port"
    ;;
*) fail "there is no resolver '$resolver'" ;;
esac

tell() {
    [ -z "$root" ] || return 0
    case $resolver in
    delegate | resolved) systemctl reload-or-restart systemd-resolved.service ;;
    networkmanager) nmcli general reload dns-full ;;
    macos) ;; # it looks by itself
    esac
}

# Only a file that begins as ours do.
take_away() {
    [ -f "$file" ] || return 0
    { IFS= read -r first && IFS= read -r second; } <"$file"
    [ "$first" = "$mark" ] || fail "$file is not vmlan's; it is left alone"
    rm -f "$file" || exit 1
    [ "$second" != "$folder_mark" ] || rmdir "${file%/*}" 2>/dev/null || true
}

umask 022
case $what in
install)
    [ ! -e "$file" ] || take_away
    if [ ! -d "${file%/*}" ]; then
        mkdir -p "${file%/*}" || exit 1
        mark_lines="$mark
$folder_mark"
    else
        mark_lines=$mark
    fi
    printf '%s\n%s\n' "$mark_lines" "$content" >"$file.new" && mv -f "$file.new" "$file" || exit 1
    if ! tell; then
        take_away
        tell
        fail "$resolver did not take $file, which is removed again"
    fi
    ;;
remove)
    take_away
    tell || fail "$resolver did not look again; it does with the next start of the host"
    ;;
*) fail "'$what' is neither install nor remove" ;;
esac
