#!/bin/sh
# udhcpc's script: prints what the server has told, and makes address and route of it.
# shellcheck disable=SC2154 # udhcpc sets them
case $1 in
bound | renew)
    ip addr replace "$ip/${mask:-24}" dev "$interface"
    [ -z "$router" ] || ip route replace default via "${router%% *}" dev "$interface"
    for name in ip mask router dns serverid hostname domain search; do
        eval "value=\${$name-}"
        # shellcheck disable=SC2154 # set by the eval above
        echo "told $name=$value"
    done
    ;;
esac
