# SPDX-License-Identifier: Apache-2.0
"""The data that the libraries compress, hash and encrypt: text, logs, records, runs, noise, as users have them.
Payload of library_content: BLOCKS blocks of SIZE bytes."""
import struct

from random64 import Random

BLOCKS, SIZE = 8, 16384
SYLLABLES = ["ka", "re", "to", "mi", "lon", "st", "ve", "ur", "an", "qui", "sha", "be", "or", "ten", "is", "ga"]


def word(random):
    """Of one to four syllables."""
    value = random.next()
    return "".join(SYLLABLES[value >> 8 * i & 15] for i in range(1 + value % 4))


def text(random, size):
    """Sentences of words of which few are frequent."""
    words = [word(random) for _ in range(400)]
    parts = []
    while sum(map(len, parts)) < size:
        value = random.next()
        parts.append(words[value % 400 * (value >> 16) % 400 // (1 + (value >> 32) % 7)])
        parts.append(". " if value >> 60 == 0 else "\n" if value >> 60 == 1 else " ")
    return "".join(parts).encode()


def log(random, size):
    """Lines that resemble one another."""
    lines, time = [], 1700000000
    while sum(map(len, lines)) < size:
        value = random.next()
        time += value % 97
        lines.append(f"{time}.{value >> 8 & 0xffff:05} host-{value >> 24 & 7} unit{value >> 32 & 63}: "
                     f"{('started', 'stopped', 'retried', 'failed')[value >> 40 & 3]} in {value >> 50} ms\n")
    return "".join(lines).encode()


def records(random, size):
    """Structures whose fields count up, or differ in few bits."""
    out, number = b"", random.next() & 0xFFFF
    while len(out) < size:
        value = random.next()
        number += 1 + (value & 3)
        out += struct.pack("<IHHQQ", number, number & 0xFF, 0x8000, 0x7F0000000000 + 64 * (value % 512), value % 1000)
    return out


def run(random, size):
    """One byte, again and again."""
    return bytes([random.next() & 0xFF]) * size


def noise(random, size):
    """What cannot be compressed."""
    return b"".join(struct.pack("<Q", random.next()) for _ in range(size // 8 + 1))


def again(content, random, size):
    """A piece of what was there before."""
    start = random.next() % max(1, len(content) - size)
    return content[start:start + size]


def block(random):
    """Pieces of all kinds, of random length and order."""
    content = text(random, 1500)[:1500]
    while len(content) < SIZE:
        value = random.next()
        size = 40 + (value >> 8) % 1800
        kind = value % 8
        if kind == 6:
            content += again(content, random, size)[:size]
        else:
            maker = (text, log, records, text, log, noise, None, run)[kind]
            content += maker(random, size)[:size // (4 if kind in (5, 7) else 1)]
    return content[:SIZE]


def blocks():
    """All of them."""
    random = Random(0x11B)
    return [block(random) for _ in range(BLOCKS)]
