# Completion of vmlan for bash (3.2 and later). To have it in every shell:
#   mkdir -p ~/.local/share/bash-completion/completions
#   echo 'eval "$(vmlan completion bash)"' >~/.local/share/bash-completion/completions/vmlan
# with the package bash-completion; without it: eval "$(vmlan completion bash)" in ~/.bashrc
_vmlan_candidates() {
    sh -c #ENGINE# vmlan "$@"
}

# bash breaks words at ":" and "=" as well as at blanks, and replaces only what is behind the last of them.
_vmlan() {
    local rest=${COMP_LINE:0:COMP_POINT} words=() last=-1 part before index
    for ((index = 0; index <= COMP_CWORD; index++)); do
        part=${COMP_WORDS[index]}
        # the cursor may stand within the last one
        if [ "$index" = "$COMP_CWORD" ] && [ -n "$part" ]; then
            while [ -n "$part" ] && [ "${rest%"$part"}" = "$rest" ]; do
                part=${part%?}
            done
        fi
        before=${rest%%[![:space:]]*}
        if [ "$index" = 0 ] || [ -n "$before" ]; then
            last=$((last + 1))
            words[last]=
        fi
        words[last]=${words[last]}$part
        rest=${rest#"$before"}
        rest=${rest#"$part"}
    done
    local word=${words[last]} line broken='' files='' open=yes
    case $word in
    *[:=]*) broken=${word%"${word##*[:=]}"} ;;
    esac
    COMPREPLY=()
    while IFS= read -r line; do
        if [ "$line" = /files ]; then
            files=yes
            continue
        fi
        line=${line%%$'\t'*}
        case $line in
        *[:=]) ;;
        *) open='' ;;
        esac
        COMPREPLY[${#COMPREPLY[@]}]=${line#"$broken"}
    done < <(_vmlan_candidates "${words[@]:1}")
    # bash 3.2 has no compopt: it offers files where there is nothing else, and a blank behind every word
    if type compopt >/dev/null 2>&1; then
        [ -n "$files" ] || compopt +o default
        [ -z "$open" ] || [ ${#COMPREPLY[@]} = 0 ] || compopt -o nospace
    fi
}

complete -o default -F _vmlan vmlan
