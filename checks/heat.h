/* SPDX-License-Identifier: Apache-2.0 */
/* Burns vector power: chains of multiply and add in every vector register of a width, whose mantissas and signs toggle.
 * Nothing is computed that anybody reads; what surrounds it must hold nothing in vector registers (psABI: they are the
 * caller's to save). */
#pragma once

#define HEAT_CHAINS 12 /* independent ones: two units times a latency of four to six cycles */

#ifndef __ASSEMBLER__

#include <stdint.h>

/* `loops` times HEAT_CHAINS multiply-adds: about 10 ns a loop. Widths of 128, 256 (AVX) and 512 bits (AVX512F). */
void heat_sse2(uint32_t loops);
void heat_avx(uint32_t loops);
void heat_avx512(uint32_t loops);

#endif
