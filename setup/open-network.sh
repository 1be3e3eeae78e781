#!/bin/sh
# open-network.sh LAUNCHER NETWORK UNDO [--mac-nat=…]: a network's process with the devices that take rights to open.
#
# Started by the program where there are rights (ARCHITECTURE.md, "Rights"): by root, or by a user that has just the
# three capabilities below. What runs here beside this shell: the opener, which opens a NIC or a tap, gives up every
# right and becomes the network's process; and, when that process ended and could not clean up for lack of rights, the
# opener again. This shell reads nothing but exit statuses.
#
# Where there is Apple's vmnet, no opener and nothing to take back: the network's process itself is root's until it has
# started vmnet (VMLAN_OWNER, vmlan.host.posix.Identity). launchd, too, starts this shell there.
set -u
launcher=$1
network=$2
# there while something has to be taken back after the process's end
undo=$3
shift 3

vmnet=''
if [ -n "${VMLAN_VMNET_LIBRARY-}" ] || [ "$(uname -s)" = Darwin ]; then vmnet=1; fi

# CAP_BPF came with Linux 5.8 (linux/capability.h, number 39); before it there is no eBPF for us, and no need.
rights=+net_admin,+net_raw
# cat: a shell reads byte by byte, and this file has only its first one that way.
last_capability=$(cat /proc/sys/kernel/cap_last_cap 2>/dev/null)
[ "${last_capability:-0}" -lt 39 ] || rights=$rights,+cap_39

# Root gets every capability back at each exec unless it is told not to (capabilities(7), SECBIT_NOROOT).
reduced() {
    if [ "$(id -u)" = 0 ]; then
        exec setpriv --no-new-privs --securebits +noroot,+noroot_locked --bounding-set "-all,$rights" \
            --inh-caps "-all,$rights" --ambient-caps "-all,$rights" "$@"
    fi
    exec "$@"
}

[ -n "$vmnet" ] || command -v setpriv >/dev/null 2>&1 || [ "$(id -u)" != 0 ] || {
    printf 'vmlan: setpriv is missing, which takes rights away from the network\n  → install util-linux\n' >&2
    exit 1
}

start_the_network() {
    trap - HUP INT TERM
    # a process whose parent this is may ask by its exit status to be started anew (Privileges, OPENER)
    export VMLAN_OPENER="$$"
    [ -z "$vmnet" ] || exec "$launcher" network serve "$network" "$@"
    # shellcheck disable=SC2086 # no word or one
    reduced "$launcher" network open "$network" $again "$@"
}

# A signal ends the wait.
wait_a_while() {
    sleep "$1" &
    sleeping=$!
    wait "$sleeping"
    kill "$sleeping" 2>/dev/null
}

# Read whole before anything is run: the file may be replaced while this shell waits.
wait_for_the_network() {
    again='' pause=1 tries=0
    while :; do
        began=$(date +%s)
        (start_the_network "$@") &
        child=$!
        # it came before there was a process to pass it on to
        [ -z "$ended" ] || kill -TERM "$child"
        # a signal ends the wait, not the process; the status is its signal's then
        interrupted=''
        wait "$child"
        code=$?
        while [ -n "$interrupted" ]; do
            interrupted=''
            wait "$child"
            later=$?
            # 127: the wait before had the status already
            [ "$later" = 127 ] || code=$later
        done
        child=''
        [ -n "$vmnet" ] || [ ! -e "$undo" ] || (reduced "$launcher" network close "$network") >/dev/null
        # 75: a NIC was replugged, and its way to the host has to be opened anew (NetworkServer, REOPEN); or it was, and
        # vmnet is not ready yet
        [ -z "$ended" ] || exit "$code"
        [ "$code" = 75 ] || { [ -n "$vmnet" ] && [ -n "$again" ] && [ "$code" = 1 ] && [ "$tries" -lt 15 ]; } ||
            exit "$code"
        again=--again
        # the opener waits for the NIC; vmnet is asked with growing pauses, for some ten minutes in all
        if [ -n "$vmnet" ]; then
            [ $(($(date +%s) - began)) -lt 60 ] || pause=1 tries=0
            wait_a_while "$pause"
            [ -z "$ended" ] || exit "$code"
            tries=$((tries + 1))
            [ "$pause" -ge 60 ] || pause=$((pause * 2))
        fi
    done
}

# A signal for the group must not end this shell before the process is gone: there may be something to take back.
child='' ended=''
trap 'interrupted=1' HUP INT TERM
# launchd tells this shell alone (launchd.plist(5), ExitTimeOut), and kills the group 20 s later.
[ -z "$vmnet" ] || trap 'interrupted=1 ended=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM
wait_for_the_network "$@"
