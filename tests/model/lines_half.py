# SPDX-License-Identifier: Apache-2.0
"""Lines of complex products in half precision. Definitions: Intel SDM volume 2, VFMULCPH, VFCMULCPH, VFMADDCPH,
VFCMADDCPH and their scalar forms: two fused steps, rounded each."""
import ieee754 as fp
from lines_float import mode_of
from lines_frame import join, lanes, ones, operation

F16 = fp.BINARY16


def product(a, b, addend, conjugate, mode):
    """The pair (real, imaginary) of a * b, or of conj(b) * a, and addend."""
    (a0, a1), (b0, b1) = a, b
    if addend:
        first = [fp.fma(F16, x, b0, z, mode) for x, z in zip(a, addend)]
    else:
        first = [fp.mul(F16, x, b0, mode) for x in a]
    return (fp.fma(F16, a1, b1, first[0], mode, negate_product=int(not conjugate)),
            fp.fma(F16, a0, b1, first[1], mode, negate_product=int(conjugate)))


def complex_forms(stem, conjugate, adds):
    """The packed and the scalar form; a mask selects pairs."""
    def pair(c, old, a, b):
        addend = lanes(old, 16, 32) if adds else None
        return join(product(lanes(a, 16, 32), lanes(b, 16, 32), addend, conjugate, mode_of(c, F16)), 16)

    @operation(stem + "ph", 32)
    def packed(c, a, b):
        return join([pair(c, *v) for v in zip(*(lanes(x, 32, c.bits) for x in (c.old, a, b)))], 32)

    @operation(stem + "sh", 32)
    def scalar(c, a, b):
        return a >> 32 << 32 | pair(c, c.old & ones(32), a & ones(32), b & ones(32))


complex_forms("vfmulc", False, False)
complex_forms("vfcmulc", True, False)
complex_forms("vfmaddc", False, True)
complex_forms("vfcmaddc", True, True)
