# Completion of vmlan for fish. To have it in every shell:
#   echo 'vmlan completion fish | source' >~/.config/fish/completions/vmlan.fish
function __vmlan_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (sh -c #ENGINE# vmlan $words[2..-1] "$current")
    for line in $lines
        if test "$line" = /files
            __fish_complete_path (string replace -r '^--[^=]*=' '' -- "$current")
        else
            printf '%s\n' $line
        end
    end
end

complete -c vmlan -f -a '(__vmlan_candidates)'
