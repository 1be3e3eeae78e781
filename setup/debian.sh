# shellcheck shell=sh
# shellcheck disable=SC1091 # /etc/os-release
# Another release of Debian from the mirror that this machine uses: its own apt configuration is read, and only the
# release's name is replaced. So proxies, mirrors and keys are whatever they are here.

# What apt is told here, one line each: KEYRING|URI|SUITE|COMPONENTS ("-" without a keyring)
apt_entries() {
    entries_dir=$(apt-config shell d Dir::Etc/d | sed "s/^d='\(.*\)'$/\1/")
    entries_dir=${entries_dir:-/etc/apt/}
    for entries_file in "$entries_dir"sources.list "$entries_dir"sources.list.d/*.list "$entries_dir"sources.list.d/*.sources; do
        [ -f "$entries_file" ] || continue
        case $entries_file in
        *.sources) entries_of_stanzas "$entries_file" ;;
        *) entries_of_lines "$entries_file" ;;
        esac
    done
}

# deb [signed-by=KEY arch=…] URI SUITE COMPONENT…
entries_of_lines() {
    sed -n -e 's/#.*//' -e 's/^[[:space:]]*deb[[:space:]]\{1,\}//p' "$1" | awk '{
        key = "-"; first = 1
        if ($1 ~ /^\[/) {
            while (first <= NF) {
                option = $first; gsub(/[][]/, "", option)
                if (option ~ /^signed-by=/) key = substr(option, 11)
                last = $first ~ /\]$/
                first++
                if (last) break
            }
        }
        components = ""
        for (i = first + 2; i <= NF; i++) components = components (components ? " " : "") $i
        print key "|" $first "|" $(first + 1) "|" components
    }'
}

# Types: deb, URIs:, Suites:, Components:, Signed-By: (a key written out in the file itself cannot be handed on)
entries_of_stanzas() {
    { cat "$1" && echo; } | awk '
        function flush(  i, j, us, ss, nu, ns) {
            if (types ~ /(^| )deb( |$)/ && enabled !~ /^(no|false|0)$/) {
                nu = split(uris, us, " "); ns = split(suites, ss, " ")
                for (i = 1; i <= nu; i++) for (j = 1; j <= ns; j++)
                    print (key ~ /^\// ? key : "-") "|" us[i] "|" ss[j] "|" components
            }
            types = uris = suites = components = key = enabled = ""
        }
        /^#/ { next }
        /^[[:space:]]*$/ { flush(); next }
        { name = tolower($1); value = $0; sub(/^[^:]*:[[:space:]]*/, "", value) }
        name == "types:" { types = value }
        name == "uris:" { uris = value }
        name == "suites:" { suites = value }
        name == "components:" { components = value }
        name == "signed-by:" { key = value }
        name == "enabled:" { enabled = tolower(value) }
        END { flush() }'
}

# debian_entries SUITE: the same for another release of Debian; nothing where this machine has no Debian mirror.
# Other people's archives are left out: they have other suites, or no component "main".
debian_entries() {
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
    apt_entries | awk -F'|' -v OFS='|' -v codename="$codename" -v wanted="$1" '
        $4 !~ /(^| )main( |$)/ { next }
        {
            suite = $3; tail = ""
            if (match(suite, /(-updates|-security|\/updates)$/)) {
                tail = substr(suite, RSTART)
                suite = substr(suite, 1, RSTART - 1)
            }
            known = suite == codename || suite ~ /^(stable|oldstable|testing|unstable|sid)$/
            if (!known || seen[$2 tail]++) next
            $3 = wanted tail; $4 = "main"
            print
        }'
}

# debian_sources SUITE: lines for a sources.list
debian_sources() {
    debian_entries "$1" | awk -F'|' '{ print "deb " ($1 == "-" ? "" : "[signed-by=" $1 "] ") $2 " " $3 " " $4 }'
}

# Proxies and checks that this machine's apt was told, for another apt's configuration
apt_transport_options() {
    apt-config dump | grep -i -e '^Acquire::[a-z]*::Proxy' -e '^Acquire::https\{0,1\}::.*\(CaInfo\|Verify\)' \
        -e '^Acquire::Check-' -e '^Acquire::Languages' -e '^Acquire::GzipIndexes'
}

# private_apt_in FOLDER SUITE: makes an apt of our own there, for APT_CONFIG=FOLDER/apt.conf. It knows an empty system, so
# that every library comes along, libc too. Its options are in a file, because the system's configuration has hooks that
# are not ours to run.
private_apt_in() {
    mkdir -p "$1/lists/partial" "$1/archives/partial" "$1/empty" || return
    : >"$1/status"
    debian_sources "$2" >"$1/sources.list"
    {
        apt_transport_options
        cat <<END
Dir::State "$1/";
Dir::State::lists "$1/lists/";
Dir::State::status "$1/status";
Dir::Cache "$1/";
Dir::Cache::archives "$1/archives/";
Dir::Etc::sourcelist "$1/sources.list";
Dir::Etc::sourceparts "$1/empty/";
Dir::Etc::preferences "$1/none";
Dir::Etc::preferencesparts "$1/empty/";
Dir::Etc::parts "$1/empty/";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "$(id -un)";
APT::Install-Recommends "false";
END
    } >"$1/apt.conf"
}
