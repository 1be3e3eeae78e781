#!/bin/sh
# setup/dev/disks.sh KIND OUT [KERNEL INITRD]: disks that the tests boot, put together from packages as root.
#
#   boot-x86_64   KERNEL and INITRD (the demo guest's) behind GRUB, for BIOS and UEFI alike
#   boot-aarch64  the same behind the shell of EDK2, which runs a script that it finds
#   cloud-x86_64  Debian's cloud-init, kernel and a root file system behind GRUB: what a distribution's cloud image is,
#                 without systemd: an init of a few lines runs cloud-init's stages in their order
#
# OUT is written whole or not at all.
set -eu
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")/../.." && pwd -P)
. "$here/setup/say.sh"
. "$here/setup/debian.sh"

kind=$1
out=$2
mkdir -p "$(dirname "$out")"
work=$(mktemp -d "$out.new-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# fat MEBIBYTES OFFSET: a FAT file system in the image, that many MiB in
fat() {
    mformat -i "$work/disk@@$2M" -T $(($1 * 2048)) -h 16 -s 63 ::
}

# put FILE NAME: onto it
put() {
    mcopy -i "$work/disk@@1M" -o "$1" "::$2"
}

# partition NUMBER TYPE START SECTORS: an entry of the partition table in the boot sector, without cylinders
partition() {
    {
        printf '\0\376\377\377%b\376\377\377' "\\0$(printf %o "$2")"
        number "$3"
        number "$4"
    } | dd of="$work/disk" bs=1 seek=$((446 + ($1 - 1) * 16)) conv=notrunc status=none
    printf '\125\252' | dd of="$work/disk" bs=1 seek=510 conv=notrunc status=none
}

# number N: four bytes, the lowest first
number() {
    for number_shift in 0 8 16 24; do
        printf '%b' "\\0$(printf %o $((($1 >> number_shift) & 255)))"
    done
}

# grub KERNEL INITRD OPTIONS: for BIOS in the boot sector and behind it, and for UEFI where removable media have it
grub() {
    cat >"$work/grub.cfg" <<END
search --file --set=root /vmlan-boot
linux /kernel $3
initrd /initrd
boot
END
    grub_modules='part_msdos fat search search_fs_file linux boot'
    # shellcheck disable=SC2086 # a list of words
    grub-mkimage -O i386-pc -c "$work/grub.cfg" -p /boot -o "$work/core.img" biosdisk $grub_modules
    # shellcheck disable=SC2086 # a list of words
    grub-mkimage -O x86_64-efi -c "$work/grub.cfg" -p /boot -o "$work/bootx64.efi" $grub_modules
    # GRUB's boot sector loads what lies behind it, as it comes from the package
    dd if=/usr/lib/grub/i386-pc/boot.img of="$work/disk" bs=440 count=1 conv=notrunc status=none
    dd if="$work/core.img" of="$work/disk" bs=512 seek=1 conv=notrunc status=none
    mmd -i "$work/disk@@1M" ::/EFI ::/EFI/BOOT
    put "$work/bootx64.efi" /EFI/BOOT/BOOTX64.EFI
    : >"$work/mark"
    put "$work/mark" /vmlan-boot
    put "$1" /kernel
    put "$2" /initrd
}

boot_x86_64() {
    truncate -s 65M "$work/disk"
    partition 1 239 2048 $((64 * 2048))
    fat 64 1
    grub "$1" "$2" 'console=ttyS0 quiet mitigations=off nokaslr'
}

boot_aarch64() {
    truncate -s 65M "$work/disk"
    partition 1 239 2048 $((64 * 2048))
    fat 64 1
    printf 'kernel console=ttyAMA0 quiet mitigations=off nokaslr initrd=initrd\r\n' >"$work/startup.nsh"
    put "$1" /kernel
    put "$2" /initrd
    put "$work/startup.nsh" /startup.nsh
}

# packages WORD…: unpacked with all that they need into $work/root, from this machine's Debian
packages() {
    apt=$work/apt
    private_apt_in "$apt" bookworm
    export APT_CONFIG="$apt/apt.conf"
    apt-get -qq update >&2
    apt-get -q -y install --download-only "$@" >"$work/log" 2>&1 || {
        tail -n 5 "$work/log" >&2
        return 1
    }
    for directory in bin sbin lib lib64; do
        mkdir -p "$work/root/usr/$directory"
        ln -s "usr/$directory" "$work/root/$directory"
    done
    for archive in "$apt/archives"/*.deb; do
        dpkg-deb --fsys-tarfile "$archive" | tar -x --keep-directory-symlink -C "$work/root"
    done
}

cloud_x86_64() {
    packages linux-image-cloud-amd64 cloud-init busybox-static bash coreutils util-linux mount passwd base-passwd \
        sed grep gawk findutils hostname openssh-client iproute2 ifupdown kmod
    root=$work/root
    rm -rf "$root/usr/share/doc" "$root/usr/share/man" "$root/usr/share/locale" "$root/usr/share/perl" \
        "$root/usr/lib/x86_64-linux-gnu/perl" "$root/usr/share/i18n" "$root/usr/share/info"
    cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
    cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
    sed 's/:.*/:*:19000:0:99999:7:::/' "$root/etc/passwd" >"$root/etc/shadow"
    sed 's/:.*/:*::/' "$root/etc/group" >"$root/etc/gshadow"
    ln -sf bash "$root/usr/bin/sh"
    release=$(ls "$root/usr/lib/modules")
    chroot "$root" /sbin/depmod "$release"
    : >"$root/etc/fstab"
    printf 'auto lo\niface lo inet loopback\nsource /etc/network/interfaces.d/*\n' >"$root/etc/network/interfaces"
    cloud_init_program >"$root/sbin/init"
    chmod 755 "$root/sbin/init"
    mkdir -p "$root/proc" "$root/sys" "$root/dev" "$root/run" "$root/tmp" "$root/etc/cloud/cloud.cfg.d"
    # nothing that takes an emulated processor long, and has nothing to do with the seed
    cat >"$root/etc/cloud/cloud.cfg.d/90-test.cfg" <<'END'
growpart: {mode: "off"}
resize_rootfs: false
ssh_genkeytypes: [ed25519]
cloud_config_modules: [runcmd]
cloud_final_modules: [scripts-user]
END
    early_root "$release"
    # what the guest has no use for, once its early root is made
    mv "$root/boot/vmlinuz-$release" "$work/kernel"
    find "$root/usr/lib/modules/$release/kernel" -mindepth 1 -maxdepth 1 ! -name fs ! -name drivers ! -name lib \
        -exec rm -rf {} +
    rm -rf "${root:?}/boot"

    truncate -s 65M "$work/disk"
    size=$(du -sm "$root" | cut -f 1)
    size=$((size + size / 4 + 64))
    truncate -s $((65 + size))M "$work/disk"
    partition 1 239 2048 $((64 * 2048))
    partition 2 131 $((65 * 2048)) $((size * 2048))
    fat 64 1
    mke2fs -q -t ext4 -O ^has_journal -L root -d "$root" -E offset=$((65 << 20)) "$work/disk" "${size}M" >&2
    grub "$work/kernel" "$work/early" 'console=ttyS0 quiet mitigations=off nokaslr panic=-1'
}

# The guest's first process: cloud-init's own look for a data source, and its stages as its units of systemd run them.
cloud_init_program() {
    cat <<'END'
#!/bin/bash
export PATH=/usr/sbin:/usr/bin HOME=/root LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
mount -o remount,rw /
echo /sbin/modprobe >/proc/sys/kernel/modprobe
modprobe isofs
echo "vmlan-test: started"
/usr/lib/cloud-init/ds-identify
echo "vmlan-test: ds-identify $(cat /run/cloud-init/cloud.cfg | tr '\n' ' ')"
cloud-init init --local
ifup -a
cloud-init init
cloud-init modules --mode=config
cloud-init modules --mode=final
echo "vmlan-test: instance $(cat /var/lib/cloud/data/instance-id)"
echo "vmlan-test: source $(cat /var/lib/cloud/instance/datasource)"
echo "vmlan-test: name $(hostname)"
echo "vmlan-test: disks $(lsblk -n -d -o NAME,RO,SIZE | tr -s ' \n' '  ')"
for keys in /home/*/.ssh/authorized_keys; do
    echo "vmlan-test: keys ${keys#/home/} $(cat "$keys" | tr '\n' ';')"
done
echo "vmlan-test: configuration $(cat /etc/network/interfaces.d/50-cloud-init | tr -s ' \n' '  ')"
echo "vmlan-test: finished"
PS1='cloud:~# ' setsid -c bash --norc -i </dev/ttyS0 >/dev/ttyS0 2>&1
sync
echo o >/proc/sysrq-trigger
sleep 1000
END
}

# early_root RELEASE: busybox, the modules that lead to the root, and a script that goes there
early_root() {
    mkdir -p "$work/early-root/bin" "$work/early-root/modules" "$work/early-root/root" "$work/early-root/dev" "$work/early-root/proc"
    cp "$root/usr/bin/busybox" "$work/early-root/bin/"
    ln -s busybox "$work/early-root/bin/sh"
    # kmod's own order: what each needs comes before it
    for module in virtio_pci virtio_blk virtio_net ext4; do
        chroot "$root" /sbin/modprobe -S "$1" --show-depends "$module"
    done | sed -n 's/^insmod //p' | awk '!seen[$1]++ { print $1 }' >"$work/modules"
    while read -r file; do
        cp "$root$file" "$work/early-root/modules/"
        printf 'insmod /modules/%s\n' "${file##*/}"
    done <"$work/modules" >"$work/load"
    cat >"$work/early-root/init" <<END
#!/bin/sh
/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
$(cat "$work/load")
for try in 1 2 3 4 5 6 7 8 9 10; do
    [ ! -e /dev/vda2 ] || break
    sleep 0.1
done
mount -t ext4 -o ro /dev/vda2 /root
umount /proc
exec switch_root /root /sbin/init
END
    chmod 755 "$work/early-root/init"
    (cd "$work/early-root" && find . | busybox cpio -o -H newc 2>/dev/null) | gzip -1 >"$work/early"
}

case $kind in
boot-x86_64) boot_x86_64 "$3" "$4" ;;
boot-aarch64) boot_aarch64 "$3" "$4" ;;
cloud-x86_64) cloud_x86_64 ;;
*) fail "there is no disk of kind $kind" "take boot-x86_64, boot-aarch64 or cloud-x86_64" ;;
esac
mv -f "$work/disk" "$out"
