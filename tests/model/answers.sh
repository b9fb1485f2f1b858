#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The committed answers are what the models say: every table is made again and compared. And a table with one bit
# changed is noticed.
set -u
source=$(cd "${srcdir:-.}" && pwd) || exit 99
python=${PYTHON:-/usr/bin/python3}
number=0 status=0

# result GOOD NAME
result() {
        number=$((number + 1))
        [ "$1" = 0 ] || { printf 'not ' && status=1; }
        echo "ok $number - $2"
}

scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
"$python" -B "$source/tests/model/generate.py" --check >"$scratch/lines" 2>&1
good=$?
sed 's/^/# /' "$scratch/lines"
result $good "every table is as its model says"

mkdir -p "$scratch/tests" "$scratch/checks/answers"
cp -R "$source/tests/model" "$scratch/tests/model"
cp "$source/checks/answers/float_convert_f16c.bin" "$scratch/checks/answers/"
cp "$source/checks/program_group.h" "$scratch/checks/" # a model reads it
chmod -R u+w "$scratch"
"$python" -B "$scratch/tests/model/generate.py" --check float_convert_f16c >/dev/null 2>&1
result $? "a copy of a table is right"
printf '\377' | dd of="$scratch/checks/answers/float_convert_f16c.bin" bs=1 seek=5000 conv=notrunc 2>/dev/null
! "$python" -B "$scratch/tests/model/generate.py" --check float_convert_f16c >/dev/null 2>&1
result $? "the copy with a byte changed is not"

echo "1..$number"
exit $status
