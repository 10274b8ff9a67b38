/* SPDX-License-Identifier: MIT */
/* The guest's first process: sets the guest up and serves the runner's requests, for ever. */
#ifndef PLANESTORM_AGENT_H
#define PLANESTORM_AGENT_H

/* Returns only if there is no channel to serve, then with an exit code. */
int agent_main(void);

#endif
