# SPDX-License-Identifier: Apache-2.0
"""Code to be executed, and what it leaves: the file of tests/model/execution.h."""
import struct

SECTOR, PAGE = 512, 4096
ARENA_MAX, CODE_MAX = 8192, 16384
RESUME = 0x7E000000
LEAVE_SIZE = 14
MAGIC = 0x6E6F697475636578
ADDRESS_MIN, ADDRESS_MAX = 0x10000, (1 << 47) - 0x10000

REGISTERS_SIZE = 2432
SHAPE_VECTOR_INITIAL, SHAPE_X87_INITIAL = 1, 2
FLAGS_HELD = 0xCD5

FILE = struct.Struct("<QQQ")
RECORD = struct.Struct("<QQIIII32x")
RESULT = struct.Struct("<IIQQQI28x")
OUTCOMES = ("none", "ended", "fault", "timeout", "died")


class Registers:
    """struct registers of checks/registers.h with names. `vector` and `x87` are lists of bytes of 64 and 10."""

    LAYOUT = struct.Struct("<16QQQQ8Q128sHHII28x2048s")

    def __init__(self, data=None):
        fields = self.LAYOUT.unpack(data if data is not None else bytes(REGISTERS_SIZE))
        self.general, self.mask = list(fields[:16]), list(fields[19:27])
        self.flags, self.fs_base, self.gs_base = fields[16:19]
        self.x87 = [fields[27][16 * i:16 * i + 10] for i in range(8)]
        self.x87_control, self.x87_status, self.mxcsr, self.shape = fields[28:32]
        self.vector = [fields[32][64 * i:64 * i + 64] for i in range(32)]
        if data is None:
            self.x87_control, self.mxcsr = 0x37F, 0x1F80

    def pack(self):
        """The bytes."""
        return self.LAYOUT.pack(*self.general, self.flags, self.fs_base, self.gs_base, *self.mask,
                                b"".join(bytes(value).ljust(16, b"\0") for value in self.x87), self.x87_control,
                                self.x87_status, self.mxcsr, self.shape,
                                b"".join(bytes(value).ljust(64, b"\0") for value in self.vector))


class Record:
    """Code with all that it starts from: see tests/model/execution.h.

    `registers` is the bytes of struct registers; its shape may say that the vectors or x87 are in their initial
    state. `limit` is in instructions."""

    def __init__(self, code, registers, arena=b"", arena_address=0x10000000, code_address=0x20000000, x87_tags=0xFF,
                 limit=100000):
        self.code, self.registers, self.arena = bytes(code), bytes(registers), bytes(arena)
        self.arena_address, self.code_address = arena_address, code_address
        self.x87_tags, self.limit = x87_tags, limit
        self.check()

    def check(self):
        """Raises ValueError where no executor could take it."""
        if not 0 < len(self.code) <= CODE_MAX or len(self.arena) > ARENA_MAX or len(self.registers) != REGISTERS_SIZE:
            raise ValueError(f"{len(self.code)} bytes of code, {len(self.arena)} of arena, "
                             f"{len(self.registers)} of registers")
        ranges = sorted([(page(self.arena_address) - PAGE, page(self.arena_address + len(self.arena) + 2 * PAGE - 1)),
                         (page(self.code_address), page(self.code_address + len(self.code) + LEAVE_SIZE + PAGE - 1)),
                         (RESUME, RESUME + PAGE)])
        if ranges[0][0] < ADDRESS_MIN or ranges[-1][1] > ADDRESS_MAX:
            raise ValueError("an address outside 0x10000 .. 2**47")
        if any(a[1] > b[0] for a, b in zip(ranges, ranges[1:])):
            raise ValueError("arena, code and the page of RESUME share a page")

    def pack(self):
        """The record's sectors."""
        registers, tags = Registers(self.registers), self.x87_tags
        if registers.shape & SHAPE_VECTOR_INITIAL:
            registers.vector, registers.mask = [bytes(64)] * 32, [0] * 8
        if registers.shape & SHAPE_X87_INITIAL:
            tags, registers.x87_status = 0, 0
        registers.mxcsr &= 0xFFFF
        return sectors(RECORD.pack(self.code_address, self.arena_address, len(self.code), len(self.arena), self.limit,
                                   tags) + registers.pack() + self.arena + self.code)

    def result_size(self):
        """Of the result's sectors."""
        return len(sectors(bytes(RESULT.size + REGISTERS_SIZE + len(self.arena))))


class Result:
    """What a record left. `outcome` is a word of OUTCOMES; vector, error_code, rip and address are a fault's."""

    def __init__(self, record, data):
        number, self.vector, self.error_code, self.rip, self.address, self.x87_tags = RESULT.unpack_from(data)
        self.outcome = OUTCOMES[number]
        self.registers = data[RESULT.size:RESULT.size + REGISTERS_SIZE]
        self.arena = data[RESULT.size + REGISTERS_SIZE:RESULT.size + REGISTERS_SIZE + len(record.arena)]

    def __eq__(self, other):
        return vars(self) == vars(other)


def page(address):
    """The address of the page that holds `address`."""
    return address & -PAGE


def sectors(data):
    """Data filled up to whole sectors."""
    return data + bytes(-len(data) % SECTOR)


def write(records, path, unit=1):
    """Writes the file with room for its results. Returns its size in sectors, a multiple of `unit`."""
    packed = [record.pack() for record in records]
    first = 1 + sum(map(len, packed)) // SECTOR
    size = first + sum(record.result_size() for record in records) // SECTOR
    size += -size % unit
    with open(path, "wb") as file:
        file.write(sectors(FILE.pack(MAGIC, len(records), first)))
        file.writelines(packed)
        file.truncate(size * SECTOR)
    return size


def read(records, path):
    """The results in a file that an executor has worked through."""
    results = []
    with open(path, "rb") as file:
        file.seek(FILE.unpack(file.read(FILE.size))[2] * SECTOR)
        for record in records:
            results.append(Result(record, file.read(record.result_size())))
    return results
