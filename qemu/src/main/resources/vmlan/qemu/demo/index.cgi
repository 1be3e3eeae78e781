#!/bin/sh
# The status page: what this guest is and has, as plain text.
export PATH=/bin:/sbin:/usr/bin:/usr/sbin
printf 'Content-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n\r\n'
echo "This is $(hostname), the demo guest of vmlan."
echo
read -r seconds _ </proc/uptime
echo "uptime   ${seconds%.*} s"
echo "kernel   $(uname -sr)"
for path in /sys/class/net/*; do
    [ -e "$path/device" ] || continue
    nic=${path##*/}
    echo
    echo "$nic     $(cat "$path/address")"
    ip addr show dev "$nic" | while read -r word text _; do
        case $word in
        inet) echo "  ipv4   $text" ;;
        inet6) echo "  ipv6   $text" ;;
        esac
    done
done
echo
ip route show default
ip -6 route show default
