// How threads share jobs out, through the control block of ../../abi.mjs. A job is a list of instructions that one
// thread runs in order; jobs are taken from an atomic counter. What an instruction does is up to `run`.
import {
  CONTROL_BEAT, CONTROL_JOBS, CONTROL_PENDING, CONTROL_SCRATCH, CONTROL_SCRATCH_STRIDE, CONTROL_STATE,
  INSTRUCTION_BYTES, JOB_BITS, JOB_MASK,
} from './abi.generated';
import { run } from './operations';

/** Takes jobs until none is left. */
export function work(control: usize, thread: u32): void {
  for (let job = claim(control); job >= 0; job = claim(control)) {
    const entry = describedAt(control, job);
    const scratch = scratchOf(control, thread);
    let instruction = <usize>load<u32>(entry);
    for (let left = load<u32>(entry, 4); left > 0; left--) {
      run(instruction, scratch, control + CONTROL_BEAT);
      atomic.add<u32>(control + CONTROL_BEAT, 1);
      instruction += INSTRUCTION_BYTES;
    }
    finish(control);
  }
}

/** The next job's number, or −1. */
function claim(control: usize): i32 {
  let state = atomic.load<u64>(control + CONTROL_STATE);
  while ((<u32>state & JOB_MASK) < ((<u32>(state >> JOB_BITS)) & JOB_MASK)) {
    const seen = atomic.cmpxchg<u64>(control + CONTROL_STATE, state, state + 1);
    if (seen == state) return <i32>(<u32>state & JOB_MASK);
    state = seen;
  }
  return -1;
}

/** Where a job is described: u32 its first instruction, u32 how many. */
function describedAt(control: usize, job: i32): usize {
  return <usize>load<u32>(control + CONTROL_JOBS) + (<usize>job << 3);
}

/** A thread's own memory; to be read after a claim, as a later dispatch may have moved it. */
function scratchOf(control: usize, thread: u32): usize {
  return <usize>load<u32>(control + CONTROL_SCRATCH) + <usize>thread * <usize>load<u32>(control + CONTROL_SCRATCH_STRIDE);
}

/** Says that a job is done; the last one wakes who waits for all. */
function finish(control: usize): void {
  if (atomic.sub<u32>(control + CONTROL_PENDING, 1) == 1) atomic.notify(control + CONTROL_PENDING, -1);
}
