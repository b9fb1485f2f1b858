/* SPDX-License-Identifier: Apache-2.0 */
/* What erratum_evex_rsp.c, its kernel and its test share: the vector registers that carry the finding. */
#pragma once

#define ERRATUM_EVEX_RSP_EVENTS 50
#define ERRATUM_EVEX_RSP_PASSES 40

#define ERRATUM_EVEX_RSP_READ 13       /* bits 0 to 63: what the probe read last */
#define ERRATUM_EVEX_RSP_DIFFERENCE 14 /* each lane: that less the true %rsp */
#define ERRATUM_EVEX_RSP_LEAST 20      /* each lane: the least difference of all probes */
#define ERRATUM_EVEX_RSP_MOST 21       /* the most */
#define ERRATUM_EVEX_RSP_ANY 22        /* all of them or-ed */
#define ERRATUM_EVEX_RSP_CONTROL 23    /* the same of the controls, by exclusive or */
#define ERRATUM_EVEX_RSP_HIGH 16       /* input: the %rsp of a pass in every lane */
#define ERRATUM_EVEX_RSP_LOW 17        /* input: the same, less 8 */
