/**
 * Compute threads over one shared memory. The calling thread works too. Which thread runs a job, and when, decides
 * nothing about its result: jobs of one dispatch write to places of their own, in an order that is theirs alone.
 */
import { Worker } from 'node:worker_threads';
import { setFlagsFromString } from 'node:v8';
import { PipelineError } from '../../../base/diagnostic.ts';
import { CONTROL, DISPATCH_BITS, INSTRUCTION_SLOTS, JOB_BITS } from '../abi.generated.ts';
import type { Heap } from './heap.ts';
import type { Job } from './instructions.ts';
import { workOf, type Program } from './program.ts';
import { THREAD_SOURCE } from './thread-source.ts';

export interface ThreadPool {
  readonly threads: number;
  /** Runs all the jobs and returns when the last is done. `scratch`: bytes that each thread has for itself. */
  run(jobs: readonly Job[], scratch?: number): void;
  dispose(): void;
}

const MOST_JOBS = 2 ** JOB_BITS - 1;
const DISPATCHES = 2 ** DISPATCH_BITS;
/** A thread shows life at least at every step of a recurrence; so long without means that it is gone. */
const PATIENCE_SECONDS = 120;

/** Relaxed SIMD is behind a flag, of the whole process, before Node 22. Has to come before compiling. */
export function enableRelaxedSimd(): void {
  if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');
}

export async function createThreadPool(heap: Heap, program: Program, threads: number): Promise<ThreadPool> {
  const work = workOf(program, heap.memory);
  const { buffer } = heap.memory;
  const control = new Int32Array(buffer, CONTROL.address, CONTROL.slots);
  const state = new BigInt64Array(buffer, CONTROL.address + CONTROL.state * 4, 1);
  const table = createJobTable(heap);
  let broken: string | undefined;
  let dispatches = 0;
  let scratchEach = 0;
  let disposed = false;
  const workers = await Promise.all(
    Array.from({ length: threads - 1 }, (_, index) => startWorker(program, heap, index + 1)),
  );
  for (const worker of workers)
    worker.on('exit', () => {
      if (!disposed) broken ??= 'a compute thread ended';
    });

  const reserve = (scratch: number): void => {
    if (scratch <= scratchEach) return;
    if (scratchEach > 0) heap.free(control[CONTROL.scratch]! >>> 0);
    scratchEach = Math.ceil(scratch / 4096) * 4096;
    control[CONTROL.scratch] = heap.allocate(scratchEach * threads);
    control[CONTROL.scratchStride] = scratchEach;
  };

  const run = (jobs: readonly Job[], scratch = 0): void => {
    if (jobs.length === 0) return;
    if (broken !== undefined || disposed) throw brokenPool(broken ?? 'the kernels were disposed of');
    if (jobs.length > MOST_JOBS) throw new Error(`${jobs.length} jobs in one dispatch`);
    reserve(scratch);
    control[CONTROL.jobs] = table.write(jobs);
    Atomics.store(control, CONTROL.pending, jobs.length);
    dispatches = (dispatches + 1) % DISPATCHES;
    Atomics.store(
      state,
      0,
      ((BigInt(dispatches) << BigInt(JOB_BITS)) | BigInt(jobs.length)) << BigInt(JOB_BITS),
    );
    if (jobs.length > 1 && workers.length > 0) {
      Atomics.add(control, CONTROL.epoch, 1);
      Atomics.notify(control, CONTROL.epoch, Math.min(workers.length, jobs.length - 1));
    }
    try {
      work(CONTROL.address, 0);
      waitForAll(control);
    } catch (error) {
      broken = error instanceof Error ? error.message : String(error);
      throw brokenPool(broken);
    }
  };

  const dispose = (): void => {
    if (disposed) return;
    disposed = true;
    Atomics.store(control, CONTROL.epoch, -1);
    Atomics.notify(control, CONTROL.epoch);
    for (const worker of workers) void worker.terminate();
  };

  return { threads, run, dispose };
}

/** Until no job is left, or a thread has failed or shows no life any more. */
function waitForAll(control: Int32Array): void {
  let beat = Atomics.load(control, CONTROL.beat);
  let silent = 0;
  for (;;) {
    if (Atomics.load(control, CONTROL.failed) !== 0) throw new Error('a compute thread failed');
    const pending = Atomics.load(control, CONTROL.pending);
    if (pending === 0) return;
    if (Atomics.wait(control, CONTROL.pending, pending, 1000) !== 'timed-out') continue;
    const now = Atomics.load(control, CONTROL.beat);
    silent = now === beat ? silent + 1 : 0;
    beat = now;
    if (silent >= PATIENCE_SECONDS)
      throw new Error(`no compute thread made any progress for ${PATIENCE_SECONDS} seconds`);
  }
}

function brokenPool(reason: string): PipelineError {
  return new PipelineError('E_ENGINE', `the embedded engine stopped: ${reason}`, {
    hint: 'Run it again. If it happens again, try --threads 1 and report it.',
  });
}

async function startWorker(program: Program, heap: Heap, thread: number): Promise<Worker> {
  const worker = new Worker(THREAD_SOURCE, {
    eval: true,
    workerData: { ...program, memory: heap.memory, thread },
    execArgv: [],
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => {
      resolve();
    });
    worker.once('error', reject);
  });
  worker.removeAllListeners('error');
  worker.on('error', () => undefined);
  worker.unref();
  return worker;
}

/** Where the jobs of a dispatch are written: the list of jobs, then their instructions. */
function createJobTable(heap: Heap): { write(jobs: readonly Job[]): number } {
  let at = 0;
  let capacity = 0;
  return {
    write(jobs) {
      const instructions = jobs.reduce((sum, job) => sum + job.length, 0);
      const head = Math.ceil((jobs.length * 2) / INSTRUCTION_SLOTS) * INSTRUCTION_SLOTS;
      const needed = head + instructions * INSTRUCTION_SLOTS;
      if (needed > capacity) {
        if (capacity > 0) heap.free(at);
        capacity = needed * 2;
        at = heap.allocate(capacity * 4);
      }
      const slots = heap.u32(at, needed);
      let next = head;
      for (const [index, job] of jobs.entries()) {
        slots[2 * index] = at + next * 4;
        slots[2 * index + 1] = job.length;
        for (const instruction of job) {
          slots.set(instruction, next);
          next += INSTRUCTION_SLOTS;
        }
      }
      return at;
    },
  };
}
