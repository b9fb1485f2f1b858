#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A program whose known answers are damaged, cut short or of another version: status 5, and a sentence that names the
# table and what is wrong with it; nothing is tested.
set -u
. "${srcdir:-.}/tests/e2e/lib.sh"

table=integer_multiply

# damage OFFSET HEX: a copy of the program with these bytes at this offset of the table.
damage() {
        "${PYTHON:-/usr/bin/python3}" - "$assay" "$tap_scratch/damaged" "$table" "$1" "$2" <<'END'
import os
import sys
source, target, table, offset, value = sys.argv[1:]
data = bytearray(open(source, "rb").read())
name = table.encode().ljust(32, b"\0")
at = data.index(b"assay-answers\n\0\0")
while data[at + 32:at + 64] != name:
    at = data.index(b"assay-answers\n\0\0", at + 1)
value = bytes.fromhex(value)
data[at + int(offset):at + int(offset) + len(value)] = value
with open(target, "wb") as file:
    file.write(data)
os.chmod(target, 0o755)
END
}

# refused PATTERN COMMAND...
refused() {
        local pattern=$1
        shift
        run "$tap_scratch/damaged" "$@"
        expect 5 && sentence "$table.*$pattern" && [[ ! -s $tap_scratch/out ]]
}

tap_ok "a copy of the program is damaged in its payload" damage 1000 5a5a5a5a5a5a5a5a
tap_ok "a flipped payload: its checksum and the right one" refused 'checksum [0-9a-f]{8}, not [0-9a-f]{8}' qualify --duration 1s
tap_ok "a replay refuses it too" refused 'checksum' replay state_flags:1:0.0.1
damage 16 02000000
tap_ok "another version" refused 'version 2, not 1' qualify --duration 1s
damage 24 0000010000000000
tap_ok "cut short" refused 'holds [0-9]+ bytes, not 65536' qualify --duration 1s
damage 32 6f74686572
tap_ok "answers of another table" refused "those of 'otherer_multiply'" qualify --duration 1s
damage 0 00
tap_ok "no table at all" refused 'does not begin' qualify --duration 1s
cp "$assay" "$tap_scratch/damaged"
whole() {
        run "$tap_scratch/damaged" "${brief[@]}"
        expect 0
}
tap_ok "an undamaged copy runs" whole
tap_end
