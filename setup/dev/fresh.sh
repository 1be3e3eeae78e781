# shellcheck shell=sh
# shellcheck disable=SC2154 # here: set by ./dev
# ./dev fresh: what a newcomer sees. What is committed is cloned into a temporary folder, with a home of its own, and
# the commands of the README are typed there: `./vmlan run`, until its guest has an address, `./vmlan demo` and `./dev
# test`.
# Temporary folders are removed, also after a failure; what was started is stopped.

. "$here/setup/dev/docs.sh"

dev_fresh() {
    fresh_suite=''
    fresh_keep=''
    fresh_test=1
    for argument; do
        case $argument in
        --chroot) fresh_suite=trixie ;;
        --chroot=?*) fresh_suite=${argument#--chroot=} ;;
        --keep) fresh_keep=1 ;;
        --without-test) fresh_test='' ;;
        *) fail "./dev fresh has no option $argument" "./dev help shows them" ;;
        esac
    done
    command -v git >/dev/null 2>&1 || fail "git is missing" "install git"
    readme_commands
    fresh_tree=$(mktemp -d "${TMPDIR:-/tmp}/vmlan-fresh.XXXXXX") || exit 1
    fresh_child=''
    trap fresh_ended EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    if [ -n "$fresh_suite" ]; then
        . "$here/setup/dev/chroot.sh"
        make_chroot "$fresh_tree/root" "$fresh_suite"
        clone_to "$fresh_tree/root/vmlan"
        if [ "$fresh_suite" = bookworm ]; then
            see_the_line_to_type
            return
        fi
    else
        clone_to "$fresh_tree/vmlan"
        # Maven keeps to the home folder that the system names: its libraries are there already, which saves minutes
        mkdir -m 700 "$fresh_tree/home" "$fresh_tree/run"
        export HOME="$fresh_tree/home" VMLAN_HOME="$fresh_tree/home/vmlan" XDG_RUNTIME_DIR="$fresh_tree/run"
        unset XDG_CONFIG_HOME XDG_STATE_HOME XDG_DATA_HOME XDG_CACHE_HOME
    fi
    type_commands
}

# Whatever happens, what was started here ends, and the folder goes.
fresh_ended() {
    fresh_code=$?
    trap - EXIT
    progress_over
    if [ -n "$fresh_child" ]; then
        kill "$fresh_child" 2>/dev/null
        within 30 wait_for "$fresh_child" || kill -9 "$fresh_child" 2>/dev/null
        wait "$fresh_child" 2>/dev/null
    fi
    if [ -n "$watched_child" ]; then
        # debootstrap: its namespace ends with it
        kill -9 "$watched_child" 2>/dev/null
        wait "$watched_child" 2>/dev/null
    fi
    if [ -n "$fresh_suite" ]; then
        leave_chroot
    elif [ -d "$fresh_tree/home/vmlan" ]; then
        for fresh_words in "stop demo" "rm demo" "network stop shared"; do
            # shellcheck disable=SC2086 # a list of words
            VMLAN_NO_BUILD=1 in_fresh ./vmlan $fresh_words >/dev/null 2>&1 </dev/null
        done
    fi
    if [ -n "$fresh_keep" ]; then
        say "kept: $fresh_tree"
    elif [ -n "$fresh_suite" ]; then
        # everything was mounted in a namespace that is gone; a mount that is here after all is somebody else's
        rm -rf --one-file-system "$fresh_tree" 2>/dev/null || {
            short_pause
            rm -rf --one-file-system "$fresh_tree"
        }
    else
        rm -rf "$fresh_tree"
    fi
    exit "$fresh_code"
}

wait_for() {
    while kill -0 "$1" 2>/dev/null; do
        short_pause
    done
}

# in_fresh COMMAND…: in the clone
in_fresh() {
    (become_fresh "$@")
}

# The same in place of this shell: behind & the process id is then the command's own.
become_fresh() {
    if [ -n "$fresh_suite" ]; then
        become_in_chroot "$fresh_tree/root" "$@"
    else
        cd "$fresh_tree/vmlan" && exec "$@"
    fi
}

# The README's commands, as it shows them: without them it is not the README that is tried.
readme_commands() {
    fresh_calls=$(commands_of "$here/README.md" | cut -d' ' -f2- | sed 's/ *$//')
    for fresh_call in 'vmlan demo' 'vmlan run' 'dev test'; do
        printf '%s\n' "$fresh_calls" | grep -q -x "$fresh_call" ||
            fail "README.md shows no ./$fresh_call in a fenced block" "its commands are ./vmlan demo, ./vmlan run and ./dev test"
    done
}

clone_to() {
    if ! git clone -q --no-hardlinks "$here" "$1" ||
        ! git -C "$1" checkout -q --detach "$(git -C "$here" rev-parse HEAD)"; then
        fail "$here cannot be cloned" "see above"
    fi
}

type_commands() {
    fresh_log=$fresh_tree/run.log
    say "./vmlan run"
    first_run
    second_run
    say "./vmlan demo"
    demo_run
    if [ -n "$fresh_test" ]; then
        say "./dev test"
        fresh_from=$(date +%s)
        in_fresh env VMLAN_FRESH=1 ./dev test </dev/null ||
            fail "./dev test failed on a fresh machine" "see above"
        say "./dev test took $(($(date +%s) - fresh_from)) s"
    fi
    say "the README's commands work: address after $fresh_first s (goal 180), the next time after $fresh_second s (goal 10)"
}

# Debian 12 has no JDK 25: both commands end at once, with the line that gets one.
see_the_line_to_type() {
    for fresh_words in './vmlan run' './dev test'; do
        say "$fresh_words, where there is no JDK to install"
        # shellcheck disable=SC2086 # a list of words
        in_fresh $fresh_words </dev/null >"$fresh_tree/run.log" 2>&1
        fresh_code=$?
        fresh_log=$fresh_tree/run.log
        [ "$fresh_code" = 1 ] || show_run "$fresh_words ended with $fresh_code and not with 1"
        grep '^  type: .*temurin-25' "$fresh_log" >&2 || show_run "$fresh_words did not say what to type"
    done
}

first_run() {
    fresh_from=$(date +%s)
    become_fresh ./vmlan run </dev/null >"$fresh_log" 2>&1 &
    fresh_child=$!
    fresh_address=''
    while [ -z "$fresh_address" ]; do
        kill -0 "$fresh_child" 2>/dev/null || show_run "./vmlan run ended before its guest had an address"
        [ $(($(date +%s) - fresh_from)) -lt 600 ] || show_run "the guest has no address after ten minutes"
        progress "waiting for the guest's address, $(($(date +%s) - fresh_from)) s"
        sleep 1
        # fails at once as long as there is no build and no guest
        fresh_address=$(in_fresh env VMLAN_NO_BUILD=1 ./vmlan ip demo 2>/dev/null </dev/null)
    done
    progress_over
    fresh_first=$(($(date +%s) - fresh_from))
    say "the guest has $fresh_address after $fresh_first s"
    # the machine may be shared, the network slow: the goal is said, three times as much is a failure
    [ "$fresh_first" -le 180 ] || say "that is more than the goal of three minutes"
    [ "$fresh_first" -le 540 ] || show_run "the first address took $fresh_first s"
    fresh_address6=$(in_fresh ./vmlan ip -6 demo 2>/dev/null </dev/null)
    [ -n "$fresh_address6" ] || show_run "the guest has no IPv6 address"
    in_fresh ./vmlan stop demo </dev/null >>"$fresh_log" 2>&1 || show_run "the guest could not be stopped"
    fresh_waited=0
    while kill -0 "$fresh_child" 2>/dev/null; do
        [ "$fresh_waited" -lt 60 ] || show_run "./vmlan run goes on a minute after its guest was stopped"
        fresh_waited=$((fresh_waited + 1))
        sleep 1
    done
    wait "$fresh_child"
    fresh_code=$?
    fresh_child=''
    [ "$fresh_code" = 0 ] || show_run "./vmlan run ended with exit code $fresh_code"
    for fresh_wanted in "$fresh_address" "$fresh_address6"; do
        grep -q -F -e "$fresh_wanted" "$fresh_log" || show_run "./vmlan run did not show the address $fresh_wanted"
    done
    in_fresh ./vmlan rm demo </dev/null >>"$fresh_log" 2>&1 || show_run "the guest could not be removed"
}

second_run() {
    fresh_from=$(date +%s)
    in_fresh ./vmlan run -d </dev/null >"$fresh_log" 2>&1 || show_run "./vmlan run -d failed"
    fresh_address=$(in_fresh ./vmlan ip demo </dev/null 2>>"$fresh_log") || show_run "./vmlan ip demo failed"
    fresh_second=$(($(date +%s) - fresh_from))
    say "the next one has $fresh_address after $fresh_second s"
    [ "$fresh_second" -le 10 ] || say "that is more than the goal of ten seconds"
    [ "$fresh_second" -le 30 ] || show_run "the next address took $fresh_second s"
    in_fresh ./vmlan stop demo </dev/null >>"$fresh_log" 2>&1 || show_run "the guest could not be stopped"
    in_fresh ./vmlan rm demo </dev/null >>"$fresh_log" 2>&1 || show_run "the guest could not be removed"
}

demo_run() {
    fresh_from=$(date +%s)
    in_fresh ./vmlan demo </dev/null >"$fresh_log" 2>&1 || show_run "./vmlan demo failed"
    grep -q -F 'guest → outside' "$fresh_log" || show_run "./vmlan demo did not show everything"
    say "the demo took $(($(date +%s) - fresh_from)) s"
}

show_run() {
    progress_over
    tail -n 40 "$fresh_log" | sed 's/^/    /' >&2
    fail "$1" "its output is above"
}
