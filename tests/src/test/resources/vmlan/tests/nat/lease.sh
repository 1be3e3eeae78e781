#!/bin/sh
# udhcpc's script: the lease becomes address, route, MTU and resolver of the namespace. /etc/resolv.conf is the namespace's own
# there, by ip netns exec.
# shellcheck disable=SC2154 # udhcpc sets them
case $1 in
bound | renew)
    ip addr replace "$ip/${mask:-24}" dev "$interface"
    [ -z "$router" ] || ip route replace default via "${router%% *}" dev "$interface"
    [ -z "$mtu" ] || ip link set "$interface" mtu "$mtu"
    for server in $dns; do
        echo "nameserver $server"
    done >/etc/resolv.conf
    [ -z "$domain" ] || echo "search $domain" >>/etc/resolv.conf
    ;;
esac
