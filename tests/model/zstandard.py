# SPDX-License-Identifier: Apache-2.0
"""A compressor of its own for Zstandard (RFC 8878), so that the committed frames do not depend on any library. A
frame has raw, repeated and compressed blocks; literals raw, compressed and with the last tree; sequences with the
predefined tables, with tables of their own and with the last ones; repeated offsets; the checksum."""
import struct

from lempel_ziv import code_lengths, counted, sequences

SHORTEST, LONGEST = 3, 1 << 16
MAGIC = 0xFD2FB528
HUFFMAN_LIMIT = 11
WORD = (1 << 64) - 1


def bases(first, extra_bits):
    """(first value, extra bits) of each code."""
    table = []
    for extra in extra_bits:
        table.append((first, extra))
        first += 1 << extra
    return table


# RFC 8878, 3.1.1.3.2.1.1: of the lengths of literals, of offsets, of the lengths of repeats.
LITERALS, OFFSETS, REPEATS = range(3)
TABLES = [bases(0, [0] * 16 + [1] * 4 + [2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
          [(1 << n, n) for n in range(29)],
          bases(3, [0] * 32 + [1] * 4 + [2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])]
# 3.1.1.3.2.2: accuracy and distribution of the predefined tables.
PREDEFINED = [
    (6, [4, 3] + [2] * 11 + [1] * 3 + [2] * 9 + [3, 2] + [1] * 5 + [-1] * 4),
    (5, [1] * 6 + [2] * 3 + [1] * 15 + [-1] * 5),
    (6, [1, 4, 3] + [2] * 6 + [1] * 37 + [-1] * 7)]
MOST_ACCURATE = [9, 8, 9]


def coded(table, value):
    """The code of a value, its extra bits and their number."""
    code = max(c for c, (first, _) in enumerate(table) if first <= value)
    return code, value - table[code][0], table[code][1]


def backward(fields):
    """The fields (value, bits) in the order in which a decoder reads them: from the end."""
    value, count = 1, 1
    for field, bits in fields:
        value = value << bits | field
        count += bits
    return value.to_bytes((count + 7) // 8, "little")


def states(accuracy, distribution):
    """The decoder's table: (symbol, bits, baseline) of each state. RFC 8878, 4.1.1."""
    size = 1 << accuracy
    symbols, high = [None] * size, size
    for s, share in enumerate(distribution):
        if share == -1:
            high -= 1
            symbols[high] = s
    place = 0
    for s, share in enumerate(distribution):
        for _ in range(max(share, 0)):
            symbols[place] = s
            place = (place + (size >> 1) + (size >> 3) + 3) % size
            while place >= high:
                place = (place + (size >> 1) + (size >> 3) + 3) % size
    following = [abs(share) for share in distribution]
    table = []
    for s in symbols:
        bits = accuracy - following[s].bit_length() + 1
        table.append((s, bits, (following[s] << bits) - size))
        following[s] += 1
    return table


def state_before(table, symbol, after, least_bits=0):
    """A state of the symbol from which a decoder can get into the state `after` (None: any)."""
    for state, (s, bits, baseline) in enumerate(table):
        if s == symbol and bits >= least_bits and (after is None or baseline <= after < baseline + (1 << bits)):
            return state
    raise ValueError("the table has no such symbol")


def normalised(frequencies, accuracy):
    """A distribution of 2**accuracy: what is rare gets -1."""
    size, total = 1 << accuracy, sum(frequencies)
    shares = [0 if not f else -1 if 2 * f * size < total else max(1, f * size // total) for f in frequencies]
    shares[max(range(len(shares)), key=lambda s: shares[s])] += size - sum(abs(share) for share in shares)
    assert max(shares) > 1
    return shares


def description(accuracy, distribution):
    """4.1.1: the distribution, its lowest bit first."""
    out, count = accuracy - 5, 4
    size = 1 << accuracy
    remaining, threshold, bits, s = size + 1, size, accuracy + 1, 0
    while remaining > 1:
        share = distribution[s]
        s += 1
        most = 2 * threshold - 1 - remaining
        remaining -= abs(share)
        value = share + 1 + (most if share + 1 >= threshold else 0)
        out |= value << count
        count += bits - (value < most)
        while remaining < threshold:
            bits, threshold = bits - 1, threshold >> 1
        if share == 0:
            zeros = next(i for i in range(s, len(distribution)) if distribution[i]) - s
            s += zeros
            for flag in [3] * (zeros // 3) + [zeros % 3]:
                out |= flag << count
                count += 2
    return out.to_bytes((count + 7) // 8, "little")


def accuracy_for(frequencies, most):
    """Room for every symbol, and no more than the data deserve."""
    used = sum(1 for f in frequencies if f)
    return min(most, max(5, used.bit_length() + 1, sum(frequencies).bit_length() - 2))


def weights_of(lengths):
    """4.2.1: of each symbol but the last, whose weight follows from the others."""
    longest = max(lengths)
    last = max(s for s, length in enumerate(lengths) if length)
    return [longest + 1 - length if length else 0 for length in lengths[:last]]


def tree_description(weights):
    """4.2.1.1 and 4.2.1.2: weights as they are, or, where there are many, by two states that take turns."""
    if len(weights) <= 128:
        nibbles = weights + [0] * (len(weights) % 2)
        return bytes([127 + len(weights)]) + bytes(a << 4 | b for a, b in zip(nibbles[::2], nibbles[1::2]))
    distribution = normalised(counted(weights, max(weights) + 1), 6)
    table = states(6, distribution)
    chosen, fields = [None] * len(weights), []
    chosen[-1] = state_before(table, weights[-1], None)
    chosen[-2] = state_before(table, weights[-2], None, 1)  # its bits are missing: so the decoder sees the end
    for i in reversed(range(len(weights) - 2)):
        chosen[i] = state_before(table, weights[i], chosen[i + 2])
        fields.insert(0, (chosen[i + 2] - table[chosen[i]][2], table[chosen[i]][1]))
    body = description(6, distribution) + backward([(chosen[0], 6), (chosen[1], 6)] + fields)
    return bytes([len(body)]) + body


def huffman_codes(lengths):
    """4.2.1.3: the longest codes come first, within a length by symbol."""
    longest, start, result = max(lengths), 0, {}
    for length in range(longest, 0, -1):
        for s, own in enumerate(lengths):
            if own == length:
                result[s] = (start >> longest - length, length)
                start += 1 << longest - length
    return result


def huffman_streams(literals, codes):
    """Four streams behind a table of jumps."""
    quarter = (len(literals) + 3) // 4
    streams = [backward([codes[b] for b in literals[i * quarter:(i + 1) * quarter]]) for i in range(4)]
    return struct.pack("<3H", *(len(s) for s in streams[:3])) + b"".join(streams)


class Frame:
    """What a block takes over from the one before: the tree, the three tables, the offsets."""

    def __init__(self):
        self.codes, self.tables, self.offsets = None, None, [1, 4, 8]

    def literals_section(self, literals, raw):
        """3.1.1.3.1."""
        n = len(literals)
        if raw or n < 64 or len(set(literals)) == 1:
            return struct.pack("<I", 3 << 2 | n << 4)[:3] + literals
        kind, tree = 3, b""
        if not self.codes or not set(literals) <= set(self.codes):
            lengths = code_lengths(counted(literals, 256), HUFFMAN_LIMIT)
            self.codes = huffman_codes(lengths)
            kind, tree = 2, tree_description(weights_of(lengths))
        body = tree + huffman_streams(literals, self.codes)
        return (kind | 2 << 2 | n << 4 | len(body) << 18).to_bytes(4, "little") + body

    def offset_value(self, literals, distance):
        """3.1.1.5: 1 to 3 for one of the last offsets."""
        first, second, third = self.offsets
        choices = [first, second, third] if literals else [second, third, first - 1]
        value = choices.index(distance) + 1 if distance in choices else distance + 3
        if literals and value == 1:
            return value
        kept = [o for i, o in enumerate(self.offsets) if i != value - (1 if literals else 0)]
        self.offsets = [distance] + (kept if value <= 2 or value == 3 and literals else [first, second])
        return value

    def table_for(self, i, column, wish):
        """Mode, accuracy, states and description of the table of a column: 3.1.1.3.2.1."""
        if wish == "predefined":
            return 0, PREDEFINED[i][0], states(*PREDEFINED[i]), b""
        if wish == "last" and self.tables and set(column) <= {symbol for symbol, _, _ in self.tables[i][1]}:
            return 3, *self.tables[i], b""
        if len(set(column)) == 1:
            return 1, 0, [(column[0], 0, 0)], bytes([column[0]])
        frequencies = counted(column, len(TABLES[i]))
        accuracy = accuracy_for(frequencies, MOST_ACCURATE[i])
        distribution = normalised(frequencies, accuracy)
        return 2, accuracy, states(accuracy, distribution), description(accuracy, distribution)

    def choose_tables(self, columns, wish):
        """Sets self.tables; returns the byte of modes and the descriptions."""
        chosen = [self.table_for(i, column, wish) for i, column in enumerate(columns)]
        self.tables = [table for _, *table, _ in chosen]
        modes = sum(mode << 6 - 2 * i for i, (mode, *_) in enumerate(chosen))
        return bytes([modes]) + b"".join(text for *_, text in chosen)

    def sequences_section(self, found, wish):
        """3.1.1.3.2."""
        n = len(found)
        head = bytes([n]) if n < 128 else bytes([128 + (n >> 8), n & 0xFF])
        if not n:
            return head
        values = [(len(literals), self.offset_value(len(literals), distance), length)
                  for literals, length, distance in found]
        columns = [[coded(TABLES[i], value[i]) for value in values] for i in range(3)]
        head += self.choose_tables([[code for code, _, _ in column] for column in columns], wish)
        return head + self.sequences_stream(columns)

    def sequences_stream(self, columns):
        """3.1.1.3.2.1.2: the states are found from the last sequence back to the first."""
        ways = []
        for (_, table), column in zip(self.tables, columns):
            way = [state_before(table, column[-1][0], None)]
            for code, _, _ in reversed(column[:-1]):
                way.insert(0, state_before(table, code, way[0]))
            ways.append(way)
        fields = [(way[0], accuracy) for way, (accuracy, _) in zip(ways, self.tables)]
        for k in range(len(columns[0])):
            fields += [columns[i][k][1:] for i in (OFFSETS, REPEATS, LITERALS)]
            for i in (LITERALS, REPEATS, OFFSETS) if k + 1 < len(columns[0]) else ():
                _, bits, baseline = self.tables[i][1][ways[i][k]]
                fields.append((ways[i][k + 1] - baseline, bits))
        return backward(fields)

    def compressed(self, data, begin, end, raw, wish):
        """The content of a compressed block, with the tables of sequences that are wished for if they fit."""
        found = sequences(data, SHORTEST, LONGEST, len(data), begin, end)
        literals = b"".join(s[0] for s in found)
        return self.literals_section(literals, raw) + self.sequences_section(found[:-1], wish)


def rotated(x, n):
    """64 bits to the left."""
    return (x << n | x >> 64 - n) & WORD


def xxh64(data):
    """XXH64 with seed 0: the xxHash specification, 0.1.1."""
    p = [11400714785074694791, 14029467366897019727, 1609587929392839161, 9650029242287828579, 2870177450012600261]

    def step(lane, word):
        return rotated(lane + word * p[1] & WORD, 31) * p[0] & WORD

    lanes, i = [(p[0] + p[1]) & WORD, p[1], 0, -p[0] & WORD], 0
    while i + 32 <= len(data):
        lanes = [step(lane, word) for lane, word in zip(lanes, struct.unpack("<4Q", data[i:i + 32]))]
        i += 32
    value = p[4]
    if i:
        value = sum(rotated(lane, n) for lane, n in zip(lanes, (1, 7, 12, 18))) & WORD
        for lane in lanes:
            value = ((value ^ step(0, lane)) * p[0] + p[3]) & WORD
    value = (value + len(data)) & WORD
    while i + 8 <= len(data):
        value = (rotated(value ^ step(0, int.from_bytes(data[i:i + 8], "little")), 27) * p[0] + p[3]) & WORD
        i += 8
    if i + 4 <= len(data):
        value = (rotated(value ^ int.from_bytes(data[i:i + 4], "little") * p[0] & WORD, 23) * p[1] + p[2]) & WORD
        i += 4
    for byte in data[i:]:
        value = rotated(value ^ byte * p[4] & WORD, 11) * p[0] & WORD
    value = (value ^ value >> 33) * p[1] & WORD
    value = (value ^ value >> 29) * p[2] & WORD
    return value ^ value >> 32


def longest_run(data):
    """(begin, end) of the longest run of one byte."""
    best, begin = (0, 0), 0
    for i in range(1, len(data) + 1):
        if i == len(data) or data[i] != data[begin]:
            best = max(best, (begin, i), key=lambda r: r[1] - r[0])
            begin = i
    return best


def block(kind, content, size, last):
    """3.1.1.2."""
    return (last | kind << 1 | size << 3).to_bytes(3, "little") + content


WISHES = ["predefined", "own", "last", "own", "last", "own", "predefined", "own"]


def frame(data):
    """A frame of one segment: about eight blocks."""
    assert 256 <= len(data) < 65536 + 256
    run = longest_run(data)
    cuts = sorted({len(data) * i // 7 for i in range(8)} | set(run))
    state, out = Frame(), struct.pack("<IBH", MAGIC, 1 << 6 | 1 << 5 | 1 << 2, len(data) - 256)
    for i, (begin, end) in enumerate(zip(cuts, cuts[1:])):
        last = end == len(data)
        if (begin, end) == run:
            out += block(1, data[begin:begin + 1], end - begin, last)
        elif i == 3:
            out += block(0, data[begin:end], end - begin, last)
        else:
            body = state.compressed(data, begin, end, i == 4, WISHES[i % len(WISHES)])
            out += block(2, body, len(body), last)
    return out + struct.pack("<I", xxh64(data) & 0xFFFFFFFF)


# The xxHash specification's and the reference implementation's values.
assert xxh64(b"") == 0xEF46DB3751D8E999 and xxh64(b"abc") == 0x44BC2CF5AD770999
