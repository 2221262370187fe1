// The steps of a recurrence over a chunk, forward or backward through time; the tokens lie as ../../assembly/lib/gru.ts
// draws them: step t is tokens starts[t] … starts[t + 1), the rows that still run first.
#ifndef STEPS_H
#define STEPS_H

#include "vector.h"

typedef struct {
  /** First token and number of rows of the step. */
  uint32_t at, rows;
  /** First token of the step whose states come before, and how many rows have one: the others begin or end here. */
  uint32_t from, known;
} step;

/** Step s of the forward pass. */
INLINE step step_of(const uint32_t *starts, uint32_t steps, uint32_t s, int reverse) {
  const uint32_t t = reverse ? steps - 1 - s : s;
  step now = {starts[t], starts[t + 1] - starts[t], 0, 0};
  if (s == 0) return now;
  now.from = reverse ? now.at + now.rows : starts[t - 1];
  now.known = reverse ? starts[t + 2] - now.from : now.rows;
  return now;
}

INLINE void show_progress(uint32_t *beat) { __atomic_fetch_add(beat, 1, __ATOMIC_SEQ_CST); }

#endif
