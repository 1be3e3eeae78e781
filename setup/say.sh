# shellcheck shell=sh
# Progress and errors, on standard error: standard output is for results.

errors_as_json=''

# Looks for --json among the arguments of vmlan, because then errors are wanted in that form too.
errors_for() {
    errors_command=${1-}
    for argument; do
        case $argument in
        qemu-system-* | */qemu-* | kvm)
            # QEMU's own words from here on
            [ "$errors_command" != qemu ] || return 0
            ;;
        --) return ;;
        --json) errors_as_json=1 ;;
        esac
    done
}

say() {
    printf '%s: %s\n' "${say_as:-vmlan}" "$*" >&2
}

# fail WHAT DO: one line what, one line what to do about it, exit code 1
fail() {
    if [ -n "$errors_as_json" ]; then
        printf '{"error":{"what":"%s","do":"%s"}}\n' "$(json_text "$1")" "$(json_text "$2")" >&2
    else
        printf '%s: %s\n  %s\n' "${say_as:-vmlan}" "$1" "$2" >&2
    fi
    exit 1
}

json_text() {
    printf '%s' "$1" | tr '\n\t' '  ' | tr -d '\000-\037' | sed 's/["\\]/\\&/g'
}

# One line that changes, on a terminal only.
progress() {
    [ ! -t 2 ] || printf '\r%s: %s\033[K' "${say_as:-vmlan}" "$*" >&2
}

progress_over() {
    [ ! -t 2 ] || printf '\r\033[K' >&2
}

# within SECONDS COMMAND…: its exit code, or 124 when it was ended for taking too long
within() {
    within_limit=$1
    shift
    "$@" &
    within_child=$!
    within_waited=0
    while kill -0 "$within_child" 2>/dev/null; do
        if [ "$within_waited" -ge $((within_limit * 5)) ]; then
            kill -9 "$within_child" 2>/dev/null
            wait "$within_child" 2>/dev/null
            return 124
        fi
        short_pause
        within_waited=$((within_waited + 1))
    done
    wait "$within_child"
}

# A fifth of a second where sleep takes fractions (GNU, BSD, macOS, busybox), a second elsewhere.
short_pause() {
    sleep 0.2 2>/dev/null || sleep 1
}

# watched TEXT COMMAND…: runs the command and returns its exit code; a terminal shows TEXT and how long it has been.
# `watched_detail` may be redefined to add what the command is at. The command runs in the background so that a
# signal is handled at once; a trap finds its id in watched_child.
watched_child=''
watched() {
    watched_text=$1
    watched_from=$(date +%s)
    shift
    "$@" </dev/null &
    watched_child=$!
    if [ -t 2 ]; then
        while kill -0 "$watched_child" 2>/dev/null; do
            progress "$watched_text$(watched_detail), $(($(date +%s) - watched_from)) s"
            short_pause
        done
        progress_over
    fi
    wait "$watched_child"
    watched_code=$?
    watched_child=''
    return "$watched_code"
}

watched_detail() { :; }
