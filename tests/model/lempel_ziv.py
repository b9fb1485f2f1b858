# SPDX-License-Identifier: Apache-2.0
"""What deflate.py and zstandard.py share: repeats in data, and Huffman codes of bounded length."""
import heapq

CANDIDATES = 8  # earlier places with the same first bytes that are tried


def match_length(data, earlier, here, most):
    """How many bytes agree."""
    n = 0
    while n < most and data[earlier + n] == data[here + n]:
        n += 1
    return n


def sequences(data, shortest, longest, farthest, begin=0, end=None):
    """Greedy LZ77 of data[begin:end], whose repeats may come from before: (literals, length, distance) of each; the
    last has length 0."""
    end = len(data) if end is None else end
    places, found, start, here = {}, [], begin, 0
    while here < end:
        step = 1
        if here >= begin:
            known = [p for p in places.get(data[here:here + shortest], []) if here - p <= farthest]
            length, place = max(((match_length(data, p, here, min(longest, end - here)), p) for p in known),
                                default=(0, 0))
            if length >= shortest:
                found.append((data[start:here], length, here - place))
                step = length
                start = here + step
        for place in range(here, here + step):
            known = places.setdefault(data[place:place + shortest], [])
            known.append(place)
            del known[:-CANDIDATES]
        here += step
    return found + [(data[start:end], 0, 0)]


def code_lengths(frequencies, limit):
    """The lengths of a Huffman code, at most `limit` bits; a symbol that does not occur has none."""
    counts = list(frequencies)
    while True:
        lengths = [0] * len(counts)
        heap = [(count, s, [s]) for s, count in enumerate(counts) if count]
        if len(heap) == 1:
            lengths[heap[0][1]] = 1
            return lengths
        heapq.heapify(heap)
        while len(heap) > 1:
            a, b = heapq.heappop(heap), heapq.heappop(heap)
            for s in a[2] + b[2]:
                lengths[s] += 1
            heapq.heappush(heap, (a[0] + b[0], min(a[1], b[1]), a[2] + b[2]))
        if max(lengths) <= limit:
            return lengths
        counts = [count and count // 2 + 1 for count in counts]


def counted(symbols, size):
    """How often each of `size` symbols occurs."""
    frequencies = [0] * size
    for s in symbols:
        frequencies[s] += 1
    return frequencies
