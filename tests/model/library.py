# SPDX-License-Identifier: Apache-2.0
"""The tables of the checks of libraries: the content, what compressors of our own make of it (deflate.py,
zstandard.py), what it is hashed, encrypted and signed to.

Payload of library_deflate and library_zstd: for each block of library_content four little-endian words (offset of the
stream in the payload, its size, Adler-32 and CRC-32 of the content), then the streams."""
import struct

import library_cipher
import library_content
import library_hash
import library_key
from deflate import adler32, crc32, zlib_stream
from zstandard import frame


def streams(compress):
    """All blocks compressed, behind their directory."""
    directory, payload = b"", b""
    for content in library_content.blocks():
        stream = compress(content)
        directory += struct.pack("<4I", 16 * library_content.BLOCKS + len(payload), len(stream), adler32(content),
                                 crc32(content))
        payload += stream
    return directory + payload


TABLES = {
    "library_content": lambda: b"".join(library_content.blocks()),
    "library_deflate": lambda: streams(zlib_stream),
    "library_zstd": lambda: streams(frame),
    "library_digest": library_hash.digests,
    "library_cipher": library_cipher.ciphertexts,
    "library_key": library_key.keys,
}
