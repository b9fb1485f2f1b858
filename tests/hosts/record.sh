#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records this machine for tests/hosts: record.sh PROGRAM DIRECTORY, where PROGRAM is the built tests/hosts/record.
# Whatever names the machine or its owner is replaced.
set -eu
program=$1
directory=$2
root=$directory/root
mkdir -p "$root"
"$program" "$directory"
# The topology names the host and the program that made it.
sed -i -E '/<info name="(HostName|ProcessName|OSVersion|DMI.*(Serial|UUID|AssetTag))"/d' "$directory/topology.xml"

keep() {
        [ -r "$1" ] || return 0
        mkdir -p "$root$(dirname "$1")"
        cat "$1" >"$root$1"
}
replace() {
        [ -r "$1" ] || return 0
        mkdir -p "$root$(dirname "$1")"
        echo "$2" >"$root$1"
}

for file in online present cpu0/microcode/version cpu0/cpufreq/scaling_cur_freq; do
        keep "/sys/devices/system/cpu/$file"
done
for file in board_vendor board_name sys_vendor product_name; do
        keep "/sys/class/dmi/id/$file"
done
mkdir -p "$root/proc/self"
sed -E 's/\([^ ()]+@[^ ()]+\)/(builder@example)/' /proc/version >"$root/proc/version"
for file in /run/systemd/container /run/.containerenv /.dockerenv; do
        keep "$file"
done
sed '/^$/,$d' /proc/cpuinfo >"$root/proc/cpuinfo"
grep '_allowed_list' /proc/self/status | sed '1s/^/Name:\tassay\n/' >"$root/proc/self/status"
replace /sys/class/dmi/id/product_serial SN-0001
replace /sys/devices/system/cpu/cpu0/topology/ppin 0x1122334455667788
replace /proc/sys/kernel/hostname host
replace /proc/sys/kernel/random/boot_id 11111111-2222-4333-8444-555555555555
replace /etc/machine-id 0123456789abcdef0123456789abcdee
