# SPDX-License-Identifier: Apache-2.0
"""SplitMix64, the same sequence as agent/base/random.h."""
MASK = (1 << 64) - 1


def mix(x):
    """The finaliser: a bijection of 64 bits."""
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ x >> 27) * 0x94D049BB133111EB & MASK
    return x ^ x >> 31


class Random:
    """A sequence named by its seed."""

    def __init__(self, seed):
        self.state = seed & MASK

    def next(self):
        """The next 64 bits."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        return mix(self.state)
