# SPDX-License-Identifier: Apache-2.0
"""Lines of mask registers. Definitions: Intel SDM volume 2, each instruction's Operation section."""
from lines_bits import join_bits
from lines_frame import lanes, ones, operation

CF, ZF = 1, 0x40


def of_width(width, end):
    """The names of one width; a result is zero-extended."""
    def two(name, function):
        operation(name + end, width)(lambda c, a, b: function(a, b) & ones(width))
    two("kand", lambda a, b: a & b)
    two("kandn", lambda a, b: ~a & b)
    two("kor", lambda a, b: a | b)
    two("kxor", lambda a, b: a ^ b)
    two("kxnor", lambda a, b: ~(a ^ b))
    two("kadd", lambda a, b: a + b)
    operation("knot" + end, width)(lambda c, a: ~a & ones(width))
    operation("kshiftl" + end, width)(lambda c, a, imm: a << imm & ones(width) if imm < width else 0)
    operation("kshiftr" + end, width)(lambda c, a, imm: (a & ones(width)) >> imm)

    @operation("kmov" + end, width)
    def moved(c, a):
        c.written = width
        return a & ones(width)

    @operation("kortest" + end)
    def kortest(c, a, b):
        either = (a | b) & ones(width)
        return ZF * (either == 0) | CF * (either == ones(width))

    @operation("ktest" + end)
    def ktest(c, a, b):
        return ZF * (a & b & ones(width) == 0) | CF * (~a & b & ones(width) == 0)


for _width, _end in ((8, "b"), (16, "w"), (32, "d"), (64, "q")):
    of_width(_width, _end)
for _half, _end in ((8, "bw"), (16, "wd"), (32, "dq")):
    operation("kunpck" + _end, 2 * _half)(lambda c, a, b, h=_half: (a & ones(h)) << h | b & ones(h))


def intersect(name, width):
    """VP2INTERSECT: which elements of each source are in the other."""
    @operation(name, width)
    def found(c, a, b):
        x, y = lanes(a, width, c.width), lanes(b, width, c.width)
        return join_bits(i in y for i in x) | join_bits(j in x for j in y) << 64


intersect("vp2intersectd", 32)
intersect("vp2intersectq", 64)
