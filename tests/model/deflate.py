# SPDX-License-Identifier: Apache-2.0
"""A compressor of its own for DEFLATE (RFC 1951) and zlib's wrapper (RFC 1950), so that the committed streams do
not depend on any library. Each stream has stored, fixed and dynamic blocks, and codes of every length."""
from lempel_ziv import code_lengths, counted, sequences

END = 256
CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
FIXED_LITERALS = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8
FIXED_DISTANCES = [5] * 32
FARTHEST, SHORTEST, LONGEST = 1 << 14, 3, 258


def bases(first, extra_bits):
    """(first value, extra bits) of each code: RFC 1951, 3.2.5."""
    table = []
    for extra in extra_bits:
        table.append((first, extra))
        first += 1 << extra
    return table


LENGTHS = bases(3, [0] * 8 + [e for e in range(1, 6) for _ in range(4)])[:28] + [(258, 0)]
DISTANCES = bases(1, [0] * 4 + [e for e in range(1, 14) for _ in range(2)])


class Bits:
    """A stream of bits, the first in the lowest bit of the first byte."""

    def __init__(self):
        self.value = self.count = 0

    def put(self, value, count):
        """A number, its lowest bit first."""
        self.value |= value << self.count
        self.count += count

    def put_code(self, code, length):
        """A Huffman code, its highest bit first."""
        self.put(int(f"{code:0{length}b}"[::-1], 2), length)

    def bytes(self):
        """The stream, filled up with zeros."""
        return self.value.to_bytes((self.count + 7) // 8, "little")


def codes(lengths):
    """The canonical codes: RFC 1951, 3.2.2."""
    result, code = {}, 0
    for length in range(1, max(lengths, default=0) + 1):
        for s, own in enumerate(lengths):
            if own == length:
                result[s] = (code, length)
                code += 1
        code <<= 1
    return result


def coded(table, value):
    """The code of a length or distance, its extra bits and their number."""
    index = max(i for i, (first, _) in enumerate(table) if first <= value)
    return index, value - table[index][0], table[index][1]


def tokens(data):
    """[literal or length code, extra, bits] or the same with a distance's [code, extra, bits] behind."""
    result = []
    for literals, length, distance in sequences(data, SHORTEST, LONGEST, FARTHEST):
        result += [[byte, 0, 0] for byte in literals]
        if length:
            code, extra, bits = coded(LENGTHS, length)
            result.append([257 + code, extra, bits, *coded(DISTANCES, distance)])
    return result + [[END, 0, 0]]


def put_tokens(out, items, literals, distances):
    """The data of a compressed block."""
    for token in items:
        out.put_code(*literals[token[0]])
        out.put(token[1], token[2])
        if len(token) > 3:
            out.put_code(*distances[token[3]])
            out.put(token[4], token[5])


def runs(lengths):
    """Code lengths as symbols of the code of code lengths, with extra bits: RFC 1951, 3.2.7."""
    result, i = [], 0
    while i < len(lengths):
        run = next((n for n in range(1, len(lengths) - i) if lengths[i + n] != lengths[i]), len(lengths) - i)
        if lengths[i] == 0 and run >= 3:
            run = min(run, 138)
            result.append((17, run - 3, 3) if run < 11 else (18, run - 11, 7))
        elif run >= 4:
            run = min(run, 7)
            result += [(lengths[i], 0, 0), (16, run - 4, 2)]
        else:
            run = 1
            result.append((lengths[i], 0, 0))
        i += run
    return result


def put_dynamic(out, items, steep):
    """A block with codes of its own. `steep` exaggerates the frequencies, so that some codes are long."""
    power = 3 if steep else 1
    literals = code_lengths([n ** power for n in counted((t[0] for t in items), 286)], 15)
    distances = code_lengths([n ** power for n in counted((t[3] for t in items if len(t) > 3), 30)], 15)
    n_distances = max([s for s, length in enumerate(distances) if length], default=0) + 1
    n_literals = max(s for s, length in enumerate(literals) if length) + 1
    symbols = runs(literals[:n_literals] + distances[:n_distances])
    own = code_lengths(counted((s[0] for s in symbols), 19), 7)
    n_own = max(i for i, s in enumerate(CODE_ORDER) if own[s]) + 1
    for value, bits in ((n_literals - 257, 5), (n_distances - 1, 5), (n_own - 4, 4)):
        out.put(value, bits)
    for s in CODE_ORDER[:n_own]:
        out.put(own[s], 3)
    for symbol, extra, bits in symbols:
        out.put_code(*codes(own)[symbol])
        out.put(extra, bits)
    put_tokens(out, items, codes(literals), codes(distances))


def put_stored(out, data):
    """A block that is not compressed."""
    out.count = (out.count + 7) // 8 * 8
    for value in (len(data), len(data) ^ 0xFFFF):
        out.put(value, 16)
    out.put(int.from_bytes(data, "little"), 8 * len(data))


def split(items, parts):
    """The tokens in as many parts, each with an end of its own."""
    body = items[:-1]
    bounds = [len(body) * i // parts for i in range(parts + 1)]
    return [body[a:b] + [items[-1]] for a, b in zip(bounds, bounds[1:])]


def covered(items):
    """How many bytes the tokens stand for."""
    return sum(1 if t[0] < END else 0 if t[0] == END else LENGTHS[t[0] - 257][0] + t[1] for t in items)


def deflate(data):
    """The stream: dynamic blocks, a fixed one, one that is stored, dynamic ones with long codes."""
    out, place = Bits(), 0
    for i, items in enumerate(split(tokens(data), 6)):
        size = covered(items)
        out.put(i == 5, 1)
        if i == 2:
            out.put(0, 2)
            put_stored(out, data[place:place + size])
        elif i == 3:
            out.put(1, 2)
            put_tokens(out, items, codes(FIXED_LITERALS), codes(FIXED_DISTANCES))
        else:
            out.put(2, 2)
            put_dynamic(out, items, i % 2 == 1)
        place += size
    return out.bytes()


def adler32(data):
    """RFC 1950, 9."""
    a, b = 1, 0
    for byte in data:
        a = (a + byte) % 65521
        b = (b + a) % 65521
    return b << 16 | a


def crc32(data):
    """RFC 1952, 8."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xEDB88320 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def zlib_stream(data):
    """RFC 1950: a window of 32 KiB, the checksum behind."""
    return b"\x78\x9c" + deflate(data) + adler32(data).to_bytes(4, "big")


# RFC 1952's polynomial on "123456789" (the check value of CRC-32/ISO-HDLC), Adler's example of Wikipedia's article.
assert crc32(b"123456789") == 0xCBF43926 and adler32(b"Wikipedia") == 0x11E60398
