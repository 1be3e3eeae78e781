# shellcheck shell=sh
# shellcheck disable=SC2154 # here: set by ./dev
# Do the docs say what is true? Relative links lead somewhere, and each command shown in a fenced block exists.

# docs_of_checkout: the Markdown files that belong to it
docs_of_checkout() {
    (cd "$here" && find . \( -name .git -o -name target -o -name build -o -name node_modules \) -prune -o -name '*.md' -print | sed 's/^\.\///' | LC_ALL=C sort)
}

# Prints what is wrong, FILE:LINE first; returns 1 then. The help of each command is asked once, and kept in $docs_help.
check_docs() {
    docs_found=$(docs_of_checkout | check_each)
    [ -z "$docs_found" ] && return
    printf '%s\n' "$docs_found" >&2
    return 1
}

# not within $( ): the shell of macOS takes the bracket of a case for its end
check_each() {
    while IFS= read -r docs_file; do
        check_links "$docs_file"
        case $docs_file in
        README.md | CONTRIBUTING.md | docs/*) check_commands "$docs_file" ;;
        esac
    done
}

# links_of FILE: LINE TARGET of every link outside code
links_of() {
    awk '
        /^[[:space:]]*(```|~~~)/ { fence = !fence; next }
        fence { next }
        {
            text = $0
            gsub(/`[^`]*`/, "", text)
            if (match(text, /^\[[^]]+\]:[[:space:]]*/)) {
                target = substr(text, RLENGTH + 1); sub(/[[:space:]].*/, "", target); print NR " " target
            }
            while (match(text, /\]\([^)[:space:]]+/)) {
                print NR " " substr(text, RSTART + 2, RLENGTH - 2)
                text = substr(text, RSTART + RLENGTH)
            }
        }' "$1"
}

# anchors_of FILE: the headings as a web view of the repository names them
anchors_of() {
    awk '
        /^[[:space:]]*(```|~~~)/ { fence = !fence; next }
        !fence && /^#+ / { sub(/^#+ +/, ""); $0 = tolower($0); gsub(/[^a-z0-9 _-]/, ""); gsub(/ /, "-"); print }' "$1"
}

check_links() {
    links_of "$here/$1" | while read -r link_line link_target; do
        case $link_target in
        *://* | mailto:*) continue ;;
        '#'*) link_file=$here/$1 ;;
        *) link_file=$(dirname -- "$here/$1")/${link_target%%#*} ;;
        esac
        if [ ! -e "$link_file" ]; then
            printf '%s:%s: the link %s leads nowhere\n' "$1" "$link_line" "$link_target"
        elif [ "${link_target#*#}" != "$link_target" ] && [ "${link_file%.md}" != "$link_file" ] &&
            ! anchors_of "$link_file" | grep -q -x -F -e "${link_target#*#}"; then
            printf '%s:%s: there is no heading #%s\n' "$1" "$link_line" "${link_target#*#}"
        fi
    done
}

# commands_of FILE: LINE PROGRAM ARGUMENTS of every call of vmlan or dev in a fenced block, also within pipes,
# substitutions, and behind sudo or a variable
commands_of() {
    awk '
        /^[[:space:]]*(```|~~~)/ { fence = !fence; next }
        !fence { next }
        {
            if (joined == "") line = NR
            joined = joined $0
            if (sub(/\\$/, " ", joined)) next
            text = joined; joined = ""
            gsub(/[[:space:]]#.*/, "", text)
            gsub(/\$\(|[()|;`"]|&&/, "\n", text)
            n = split(text, parts, "\n")
            for (i = 1; i <= n; i++) {
                part = parts[i]
                while (sub(/^([[:space:]]+|[$#] |sudo |time |exec |[A-Z_]+=[^[:space:]]*[[:space:]])/, "", part)) {}
                if (part ~ /^(\.\/)?(vmlan|dev)([[:space:]]|$)/) {
                    sub(/^\.\//, "", part)
                    if (part ~ /^vmlan/ || $0 ~ /\.\/dev/) print line " " part
                }
            }
        }' "$1"
}

check_commands() {
    commands_of "$here/$1" | while read -r call_line call_program call_rest; do
        if [ "$call_program" = dev ]; then
            "$here/dev" help "${call_rest%% *}" >/dev/null 2>&1 ||
                printf '%s:%s: there is no ./dev %s\n' "$1" "$call_line" "$call_rest"
        else
            check_call "$1:$call_line" "$call_rest"
        fi
    done
}

# check_call PLACE ARGUMENTS: the command exists, its second word too where it has commands of its own, and its help
# knows the options. What follows `qemu`, `explain` and -- are QEMU's.
check_call() {
    call_place=$1
    # shellcheck disable=SC2086 # split on purpose; nothing is expanded
    set -f && set -- $2 && set +f
    call_command=''
    while [ $# -gt 0 ]; do
        case $1 in
        --) break ;;
        --?*)
            call_option=${1%%=*}
            help_of "$call_command" && grep -q -e "$call_option\([^a-z-]\|\$\)" "$call_help" ||
                printf '%s: vmlan %s has no option %s\n' "$call_place" "$call_command" "$call_option"
            ;;
        -* | [!a-z]*) ;;
        *)
            if [ -z "$call_command" ]; then
                call_command=$1
            elif help_of "$call_command" && grep -q '^Commands:' "$call_help"; then
                call_command="$call_command $1"
            else
                shift
                continue
            fi
            if ! help_of "$call_command"; then
                printf '%s: there is no command vmlan %s\n' "$call_place" "$call_command"
                return
            fi
            case $call_command in
            qemu | explain) return ;;
            esac
            ;;
        esac
        shift
    done
}

# help_of COMMAND: its help is in the file $call_help; fails if there is no such command
help_of() {
    call_help=$docs_help/$(printf '%s' "vmlan $1" | tr ' ' _)
    [ -f "$call_help" ] && return
    # shellcheck disable=SC2086 # split on purpose
    "$here/vmlan" $1 --help >"$call_help.new" 2>/dev/null </dev/null && mv "$call_help.new" "$call_help"
}
