/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that processes share. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

/* Maps so many bytes of zeros, which the children of this process share with it. The memory is taken now: later a lack
 * of it would be a SIGBUS in a worker, and look like a fault of its CPU (MAP_POPULATE does not say that it failed). `name`
 * is seen in /proc. Returns NULL, with errno, where there is none. The owner unmaps it. */
static inline void *memory_map_shared(const char *name, size_t size)
{
        void *memory = MAP_FAILED;
        int error, fd = memfd_create(name, MFD_CLOEXEC);

        if (fd < 0)
                return NULL;
        if (fallocate(fd, 0, 0, (off_t)size) == 0)
                memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        error = errno;
        (void)close(fd);
        errno = error;
        return memory == MAP_FAILED ? NULL : memory;
}
