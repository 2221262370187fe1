// How a pool's threads share jobs out; control words as in ../../pool.ts. An operation is 32 words in memory, its
// number first; a job is a list of operations that one thread runs in order; jobs are taken from an atomic counter.
const STATE: usize = 8, PENDING: usize = 16, JOBS: usize = 28, SCRATCH: usize = 32, STRIDE: usize = 36;
export const BEAT: usize = 24;
/** Bytes of an operation. */
export const OPERATION: usize = 128;

@inline export function word(p: usize, i: i32): u32 { return load<u32>(p + (<usize>i << 2)); }
@inline export function float(p: usize, i: i32): f32 { return load<f32>(p + (<usize>i << 2)); }

/** The next job's number, or −1. The state holds a dispatch's number (24 bits), its jobs and the next (20 each). */
export function claim(control: usize): i32 {
  let state = atomic.load<u64>(control + STATE);
  while ((<u32>state & 0xfffff) < ((<u32>(state >> 20)) & 0xfffff)) {
    const seen = atomic.cmpxchg<u64>(control + STATE, state, state + 1);
    if (seen == state) return <i32>(<u32>state & 0xfffff);
    state = seen;
  }
  return -1;
}

/** Where a job is described: u32 its first operation, u32 how many. */
export function describedAt(control: usize, job: i32): usize {
  return <usize>load<u32>(control + JOBS) + (<usize>job << 3);
}

/** A thread's own memory; to be read after a claim, as a later dispatch may have moved it. */
export function scratchOf(control: usize, thread: u32): usize {
  return <usize>load<u32>(control + SCRATCH) + <usize>thread * <usize>load<u32>(control + STRIDE);
}

/** Says that a job is done; the last one wakes who waits for all. */
export function finish(control: usize): void {
  if (atomic.sub<u32>(control + PENDING, 1) == 1) atomic.notify(control + PENDING, -1);
}
