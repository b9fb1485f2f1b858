# SPDX-License-Identifier: Apache-2.0
"""Lines that add products to their destination: VNNI and IFMA. Definitions: Intel SDM volume 2 and the Architecture
Instruction Set Extensions reference, each instruction's Operation section."""
from lines_frame import join, lanes, ones, operation, saturate, signed


def dot(name, width, first_signed, second_signed, saturating):
    """VPDP: to each 32-bit lane the sum of the products of its parts, of `width` bits, is added."""
    @operation(name, 32)
    def summed(c, a, b):
        def value(x, is_signed):
            return signed(x, width) if is_signed else x
        result = []
        is_signed = first_signed or second_signed
        for old, x, y in zip(lanes(c.old, 32, c.bits), lanes(a, 32, c.bits), lanes(b, 32, c.bits)):
            total = signed(old, 32) if is_signed else old
            total += sum(value(i, first_signed) * value(j, second_signed)
                         for i, j in zip(lanes(x, width, 32), lanes(y, width, 32)))
            result.append(saturate(total, 32, is_signed) if saturating else total)
        return join(result, 32)


for _letters, _signs in (("us", (False, True)), ("ss", (True, True)), ("su", (True, False)), ("uu", (False, False))):
    for _end, _saturating in (("d", False), ("ds", True)):
        dot(f"vpdpb{_letters}{_end}", 8, *_signs, _saturating)
        dot(f"vpdpw{_letters}{_end}", 16, *_signs, _saturating)


def madd52(name, take):
    """VPMADD52: half of the product of the low 52 bits."""
    @operation(name, 64)
    def summed(c, a, b):
        return join([old + take((x & ones(52)) * (y & ones(52))) for old, x, y in
                     zip(lanes(c.old, 64, c.bits), lanes(a, 64, c.bits), lanes(b, 64, c.bits))], 64)


madd52("vpmadd52luq", lambda product: product & ones(52))
madd52("vpmadd52huq", lambda product: product >> 52)
