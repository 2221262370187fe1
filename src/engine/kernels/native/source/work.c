// How threads share jobs out, through the control block of ../../abi.mjs; the twin of ../../assembly/lib/dispatch.ts. Waking
// threads that wait is left to JavaScript: its waits are the engine's own, which no native code can end.
#include "abi.generated.h"
#include "vector.h"

/** Runs one instruction; not 0 where there is no such operation. */
typedef int (*runner)(char *memory, const uint32_t *p, char *scratch, uint32_t *beat);

INLINE void *at_address(char *memory, uint32_t address) { return address ? memory + address : NULL; }
INLINE float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

/** The next job's number, or −1. */
static int32_t claim(uint64_t *control) {
  uint64_t state = __atomic_load_n(control, __ATOMIC_SEQ_CST);
  while (((uint32_t)state & JOB_MASK) < ((uint32_t)(state >> JOB_BITS) & JOB_MASK))
    if (__atomic_compare_exchange_n(control, &state, state + 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
      return (int32_t)((uint32_t)state & JOB_MASK);
  return -1;
}

/** Takes jobs until none is left; not 0 where an instruction could not be run. */
static int work(char *memory, uint32_t address, uint32_t thread, runner run) {
  char *control = memory + address;
  uint32_t *const beat = (uint32_t *)(control + CONTROL_BEAT);
  for (int32_t job; (job = claim((uint64_t *)(control + CONTROL_STATE))) >= 0;) {
    const uint32_t *entry = (const uint32_t *)(memory + *(uint32_t *)(control + CONTROL_JOBS)) + 2 * (size_t)job;
    // To be read after a claim, as a later dispatch may have moved it.
    char *scratch = memory + *(uint32_t *)(control + CONTROL_SCRATCH) +
                    (size_t)thread * *(uint32_t *)(control + CONTROL_SCRATCH_STRIDE);
    const char *instruction = memory + entry[0];
    for (uint32_t left = entry[1]; left > 0; left--, instruction += INSTRUCTION_BYTES) {
      if (run(memory, (const uint32_t *)instruction, scratch, beat) != 0) return 1;
      __atomic_fetch_add(beat, 1, __ATOMIC_SEQ_CST);
    }
    __atomic_fetch_sub((uint32_t *)(control + CONTROL_PENDING), 1, __ATOMIC_SEQ_CST);
  }
  return 0;
}
