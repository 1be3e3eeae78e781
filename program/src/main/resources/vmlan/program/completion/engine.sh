# Candidates for the last word of a vmlan command line, a line each: WORD, tab, what it is. Called with the words behind
# `vmlan`. A line "/files" asks the shell for its own file names. POSIX sh; starts no program but for published ports.
# Made by "vmlan completion"; the tables below are the commands as they were then.
tab=$(printf "\t.")
tab=${tab%.}

#TABLES#

say() {
    case $1 in
    "$word"*) printf "%s\t%s\n" "$before$1" "${2-}" ;;
    esac
}

# options, commands: lines of WORD, tab, DESCRIPTION
say_all() {
    while IFS="$tab" read -r say_word say_text; do
        [ -z "$say_word" ] || say "$say_word" "$say_text"
    done
}

# whether one of the lines is of that word
has_line_of() {
    while IFS="$tab" read -r line_word line_text; do
        [ "$line_word" != "$1" ] || return 0
    done
    return 1
}

find_places() {
    case ${VMLAN_HOME-} in
    /*)
        state=$VMLAN_HOME/state
        config=$VMLAN_HOME/config
        return
        ;;
    esac
    if [ -d /System/Library/CoreServices ]; then
        state="${HOME-}/Library/Application Support/vmlan/state"
        config="${HOME-}/Library/Application Support/vmlan/config"
        return
    fi
    case ${XDG_STATE_HOME-} in
    /*) state=$XDG_STATE_HOME/vmlan ;;
    *) state=${HOME-}/.local/state/vmlan ;;
    esac
    case ${XDG_CONFIG_HOME-} in
    /*) config=$XDG_CONFIG_HOME/vmlan ;;
    *) config=${HOME-}/.config/vmlan ;;
    esac
}

# runs FOLDER: whether its VM does
runs() {
    [ -f "$1/qemu.pid" ] && [ ! -e "$1/exit" ] && read -r runs_pid <"$1/qemu.pid" &&
        case $runs_pid in "" | *[!0-9]*) false ;; *) kill -0 "$runs_pid" ;; esac
} 2>/dev/null

# vms all|running|stopped: their names
vms() {
    for folder in "$state"/vms/*/; do
        folder=${folder%/}
        [ -f "$folder/vm.json" ] || continue
        is=stopped
        ! runs "$folder" || is=running
        case $1 in
        all | "$is") printf "%s\t%s\n" "${folder##*/}" "$is VM" ;;
        esac
    done
}

# Those that are built in, those that ran once, those that are described.
networks() {
    printf "%s\tnetwork\n" shared host private
    for folder in "$state"/networks/*/; do
        folder=${folder%/}
        case ${folder##*/} in
        shared | host | private) continue ;;
        esac
        [ ! -f "$folder/network.json" ] || printf "%s\tnetwork\n" "${folder##*/}"
    done
    [ ! -r "$config/networks.yaml" ] || described <"$config/networks.yaml"
}

# The keys below "networks:", as far indented as the first of them.
described() {
    indent=""
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        networks:*) indent=any ;;
        [!\ \#]*) indent="" ;;
        " "*:*)
            key=${line%%:*}
            blanks=${key%%[!\ ]*}
            key=${key#"$blanks"}
            case $key in
            *[!a-z0-9-]*) continue ;;
            esac
            [ "$indent" != any ] || indent=$blanks
            [ "$indent" != "$blanks" ] || [ -f "$state/networks/$key/network.json" ] || printf "%s\tnetwork\n" "$key"
            ;;
        esac
    done
}

nics() {
    if [ -d /sys/class/net ]; then
        for nic in /sys/class/net/*; do
            printf "%s\n" "${nic##*/}"
        done
    else
        ifconfig -l 2>/dev/null | tr " " "\n"
    fi | while IFS= read -r nic; do
        case $nic in
        lo | lo0 | vmlan*) ;;
        *) printf "%s\tNIC of this host\n" "$nic" ;;
        esac
    done
}

# The rules of one VM: vm.json has them on one line.
rules() {
    case $1 in
    "" | */* | .*) return ;;
    esac
    sed -n "s/^ *\"published\" *: *\[\(.*\)\].*/\1/p" "$state/vms/$1/vm.json" 2>/dev/null | tr "," "\n" |
        sed -n "s/^ *\"\(.*\)\" *$/\1${tab}published/p"
}

# What stands for NETWORK[,…]: a network, behind a comma what it takes.
nets() {
    case $word in
    *,*)
        before=$before${word%,*},
        word=${word##*,}
        printf "%s\n" "isolated${tab}not to see other isolated guests" "mac=${tab}its MAC address" \
            "ip=${tab}its IPv4 address" "mac-nat=on${tab}share the NIC's MAC address" "mac-nat=off" "mac-nat=auto" |
            say_all
        ;;
    bridged:*)
        before=${before}bridged:
        word=${word#bridged:}
        nics | say_all
        ;;
    *)
        { networks && printf "%s\n" "bridged${tab}the LAN of the default route" "bridged:${tab}the LAN of a NIC" \
            "user${tab}the NAT of QEMU itself" "none${tab}no NIC"; } | say_all
        ;;
    esac
}

# candidates KIND: for $word, behind $before
candidates() {
    case $1 in
    vm) vms all | say_all ;;
    vm-running) vms running | say_all ;;
    vm-stopped) vms stopped | say_all ;;
    vm-port)
        case $word in
        *:*) ;;
        *) vms running | while IFS="$tab" read -r name text; do say "$name:" "$text"; done ;;
        esac
        ;;
    vm-user)
        case $word in
        *@*)
            before=$before${word%@*}@
            word=${word##*@}
            ;;
        esac
        vms running | say_all
        ;;
    network) networks | say_all ;;
    net) nets ;;
    nic) nics | say_all ;;
    rule) rules "$first" | say_all ;;
    file) printf "/files\n" ;;
    command) [ "$place" != 0 ] || commands_of "" | say_all ;;
    values\ *)
        for value in ${1#values }; do
            say "$value"
        done
        ;;
    esac
}

find_places
set -f
command="" place=0 first="" wants="" rest=""
while [ $# -gt 1 ]; do
    if [ -n "$wants" ]; then
        wants=""
    elif [ -n "$rest" ]; then
        place=$((place + 1))
    else
        case $1 in
        --) rest=yes ;;
        -*=*) ;;
        -*) ! value_of "$command" "$1" >/dev/null || wants=$1 ;;
        *)
            if [ "$place" = 0 ] && commands_of "$command" | has_line_of "$1"; then
                command="$command $1"
            else
                [ "$place" != 0 ] || first=$1
                place=$((place + 1))
            fi
            ;;
        esac
    fi
    shift
done
word=${1-} before=""
set +f
if [ -n "$wants" ]; then
    candidates "$(value_of "$command" "$wants")"
elif [ -n "$rest" ]; then
    candidates file
else
    case $word in
    --*=*)
        wants=${word%%=*}
        before=$wants=
        word=${word#*=}
        candidates "$(value_of "$command" "$wants")"
        ;;
    -*) options_of "$command" | say_all ;;
    *)
        [ "$place" != 0 ] || commands_of "$command" | say_all
        candidates "$(argument_of "$command" "$place")"
        ;;
    esac
fi
