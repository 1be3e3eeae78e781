#compdef vmlan
# Completion of vmlan for zsh. To have it in every shell: a file _vmlan in a folder of $fpath, made before compinit, with
#   #compdef vmlan
#   eval "$(vmlan completion zsh)"
# or, in ~/.zshrc behind compinit: eval "$(vmlan completion zsh)"
_vmlan_candidates() {
    sh -c #ENGINE# vmlan "$@"
}

_vmlan() {
    local line text files
    local -a plain plain_text open open_text
    for line in "${(@f)$(_vmlan_candidates "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")}"; do
        if [[ $line == /files ]]; then
            files=yes
            continue
        fi
        [[ -n $line ]] || continue
        text=${line#*$'\t'}
        line=${line%%$'\t'*}
        text="$line${text:+  -- $text}"
        if [[ $line == *[:=] ]]; then
            open+=("$line")
            open_text+=("$text")
        else
            plain+=("$line")
            plain_text+=("$text")
        fi
    done
    [[ ${#plain} == 0 ]] || compadd -l -d plain_text -a plain
    [[ ${#open} == 0 ]] || compadd -S '' -l -d open_text -a open
    if [[ -n $files ]]; then
        [[ $PREFIX != --*=* ]] || compset -P '*='
        _files
    fi
}

# as a file of $fpath it is called, otherwise it says what it is for
if (( ${funcstack[(I)_vmlan]} )); then
    _vmlan "$@"
else
    compdef _vmlan vmlan
fi
