# shellcheck shell=sh
# A lock between processes of one user, in a folder, without flock(1), which macOS does not have.
#
# The folder holds numbered symbolic links, made by `ln -s`, which is atomic and fails where the name exists. The
# highest number rules: it names its holder (process id and start time, since ids are used again) or says "free".
# Who finds it free, or its holder dead, makes the next number; only one can. Lower numbers are removed, the highest
# never is, so somebody who decided long ago that number 7 is dead makes an 8 that is either refused or, when 8
# was removed meanwhile, not the highest: he sees that and steps back. Taking over a dead holder's lock thus has no
# moment in which two can win.

# process_start PID: when it started, in whatever unit; nothing if there is no such process
process_start() {
    if [ -r /proc/self/stat ]; then
        { IFS= read -r process_stat <"/proc/$1/stat"; } 2>/dev/null || return 1
        # the second field is the name in brackets, and may hold anything: count from behind it (proc(5))
        # shellcheck disable=SC2086 # split on purpose
        set -- ${process_stat##*) }
        # state Z: dead, and its parent has not asked yet
        [ "$1" != Z ] && printf '%s\n' "${20}"
    else
        ps -o lstart= -p "$1" 2>/dev/null | tr -d ' :' | grep .
    fi
}

lock_highest() {
    lock_found=0
    for lock_name in "$lock_folder"/*; do
        lock_name=${lock_name##*/}
        case $lock_name in
        *[!0-9]*) ;;
        *) [ "$lock_name" -le "$lock_found" ] || lock_found=$lock_name ;;
        esac
    done
    printf '%s\n' "$lock_found"
}

# lock_holder NUMBER: the id of the living process that holds it
lock_holder() {
    lock_owner=$(readlink "$lock_folder/$1") || return 1
    [ "$lock_owner" != free ] && [ "$(process_start "${lock_owner%%-*}")" = "${lock_owner#*-}" ] &&
        printf '%s\n' "${lock_owner%%-*}"
}

# lock_take FOLDER SECONDS: 0 when it is ours; 1 when that took too long. Says once that it waits.
lock_take() {
    lock_folder=$1
    mkdir -p "$lock_folder" || return 1
    lock_waited=0
    while :; do
        lock_last=$(lock_highest)
        if lock_other=$(lock_holder "$lock_last"); then
            [ "$lock_waited" != 0 ] || say "another vmlan is at it (process $lock_other); waiting for it"
            [ "$lock_waited" -lt $(($2 * 5)) ] || return 1
            lock_waited=$((lock_waited + 1))
            short_pause
            continue
        fi
        lock_number=$((lock_last + 1))
        if ! ln -s "$$-$(process_start $$)" "$lock_folder/$lock_number" 2>/dev/null; then
            # somebody was faster, or nothing can be written here
            [ -w "$lock_folder" ] || return 1
            lock_waited=$((lock_waited + 1))
            [ "$lock_waited" -lt $(($2 * 5)) ] || return 1
            continue
        fi
        if [ "$(lock_highest)" = "$lock_number" ]; then
            lock_remove_below "$lock_number"
            return 0
        fi
        rm -f "$lock_folder/$lock_number"
    done
}

lock_remove_below() {
    for lock_name in "$lock_folder"/*; do
        case ${lock_name##*/} in
        *[!0-9]*) ;;
        *) [ "${lock_name##*/}" -ge "$1" ] || rm -f "$lock_name" ;;
        esac
    done
}

lock_release() {
    ln -s free "$lock_folder/$((lock_number + 1))" 2>/dev/null
    rm -f "$lock_folder/$lock_number"
}
