#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A library that errs on one CPU is found there; one that errs on every CPU accuses none; one that refuses is skipped; and
# what an administrator configured for OpenSSL is none of ours.
set -u
. "${srcdir:-.}/tests/e2e/lib.sh"

if sanitized; then
        tap_skip "libraries that err" "AddressSanitizer must be loaded first"
        tap_end
fi
preload=$PWD/tests/faulty/wrong_library.so

# runs FUNCTION:CPU CHECKS: a short qualification of these checks with that error.
runs() {
        run env LD_PRELOAD="$preload" WRONG_LIBRARY="$1" "$assay" qualify --no-progress --duration 2s --checks "$2" \
                --regimes quiet,timer --json "$report"
}

found() {
        runs "$1:$last_cpu" "$2" && expect 1 &&
                holds 'verdict["class"] == "hardware" and verdict["cpus"] == ['"$last_cpu"'] and verdict["check"] == "'"$2"'"'
}

nobody_accused() {
        runs "$1:-1" "$2" && expect 3 4 && holds 'verdict["class"] != "healthy" and verdict["cpus"] == []'
}

refused() {
        runs refuse:-1 'library_*' && incomplete &&
                holds 'len({o["check"] for o in report["observations"] if o["error"]}) == 7'
}

silent() {
        run env "$@" "$assay" qualify --no-progress --duration 6s --checks 'library_*' --json "$report"
        expect 0 4 && blames_nothing && holds 'len({item["regime"] for item in report["plan"]["items"]}) == 5'
}

# A configuration that sends OpenSSL to a provider that does not exist, and would make every program that reads it fail.
printf 'config_diagnostics = 1\nopenssl_conf = all\n[all]\nproviders = none\n[none]\nnothing = section\n[section]\nactivate = 1\n' \
        >"$tap_scratch/openssl.cnf"

tap_ok "libraries that do not err, in every regime" silent LD_PRELOAD="$preload" WRONG_LIBRARY=none:-1
tap_ok "OpenSSL's configuration is not read" \
        silent OPENSSL_CONF="$tap_scratch/openssl.cnf" OPENSSL_MODULES=/nonexistent
while read -r function check; do
        if ((last_cpu == 0)); then
                tap_skip "$check: $function" "it takes two CPUs to accuse one"
        else
                tap_ok "$check: $function errs on CPU $last_cpu" found "$function" "$check"
        fi
done <<'END'
inflate library_zlib_inflate
crc32 library_zlib_inflate
adler32 library_zlib_inflate
deflate library_zlib_deflate
ZSTD_decompressDCtx library_zstd_decompress
ZSTD_compress2 library_zstd_compress
EVP_DigestFinal_ex library_openssl_digest
EVP_MAC_final library_openssl_digest
EVP_KDF_derive library_openssl_digest
EVP_EncryptUpdate library_openssl_cipher
EVP_DecryptUpdate library_openssl_cipher
EVP_PKEY_sign library_openssl_key
EVP_PKEY_verify library_openssl_key
EVP_PKEY_derive library_openssl_key
EVP_DigestSign library_openssl_key
END
# The first of two rounds fails, and for the second no worker can be started.
replayed_in_part() {
        local number
        for number in 1 2; do
                echo '{"kind":"mismatch","check":"library_openssl_digest","round":{"seed":"0x1","cpu":0,"process":0,"number":'"$number"'},"cpu":0,"regime":"quiet","synthetic":false}'
        done >"$tap_scratch/two.json"
        run env LD_PRELOAD="$preload $PWD/tests/e2e/failing.so" WRONG_LIBRARY=EVP_DigestFinal_ex:-1 \
                FAILING=fork:2:1000000:11 "$assay" replay "$tap_scratch/two.json" --times 300
        expect 1 && [[ $(grep -c ', 0 failures' "$tap_scratch/out") == 1 ]]
}
tap_ok "a replay of which a part could not be run: what failed counts" replayed_in_part
tap_ok "a library that errs everywhere accuses no CPU" nobody_accused EVP_DigestFinal_ex library_openssl_digest
tap_ok "libraries that refuse: skipped, and said so" refused
tap_end
