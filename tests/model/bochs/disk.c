/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/bochs/disk.h"

#include "tests/model/bochs/machine.h"

/* Registers and bits of ATA/ATAPI-6, chapter 7. */
enum {
        DATA = 0x1f0,
        COUNT = 0x1f2,
        LBA_LOW = 0x1f3,
        LBA_MIDDLE = 0x1f4,
        LBA_HIGH = 0x1f5,
        DEVICE = 0x1f6,
        COMMAND = 0x1f7,
        CONTROL = 0x3f6,

        READ_SECTORS = 0x20,
        WRITE_SECTORS = 0x30,
        BY_LBA = 0xe0,
        NO_INTERRUPTS = 2,
        STATUS_ERROR = 0x01,
        STATUS_DATA = 0x08,
        STATUS_BUSY = 0x80,
};

static uint8_t wait_until_idle(void)
{
        uint8_t status;
        do
                status = machine_in8(COMMAND);
        while (status & STATUS_BUSY);
        if (status & STATUS_ERROR)
                machine_stop("the disk failed");
        return status;
}

static void start(uint8_t command, uint32_t first, uint32_t count)
{
        machine_out8(CONTROL, NO_INTERRUPTS);
        machine_out8(DEVICE, (uint8_t)(BY_LBA | first >> 24));
        machine_out8(COUNT, (uint8_t)count);
        machine_out8(LBA_LOW, (uint8_t)first);
        machine_out8(LBA_MIDDLE, (uint8_t)(first >> 8));
        machine_out8(LBA_HIGH, (uint8_t)(first >> 16));
        machine_out8(COMMAND, command);
}

static void wait_for_data(void)
{
        while (!(wait_until_idle() & STATUS_DATA))
                ;
}

void disk_read(uint32_t first, uint32_t count, void *to)
{
        start(READ_SECTORS, first, count);
        for (; count; count--) {
                uint64_t words = DISK_SECTOR / 2;
                wait_for_data();
                __asm__ volatile("rep insw" : "+D"(to), "+c"(words) : "d"(DATA) : "memory");
        }
}

void disk_write(uint32_t first, uint32_t count, const void *from)
{
        start(WRITE_SECTORS, first, count);
        for (; count; count--) {
                uint64_t words = DISK_SECTOR / 2;
                wait_for_data();
                __asm__ volatile("rep outsw" : "+S"(from), "+c"(words) : "d"(DATA) : "memory");
        }
        wait_until_idle();
}
