/**
 * Compute threads over one shared memory. The calling thread works too. Which thread runs a job, and when, decides
 * nothing about its result: jobs of one dispatch write to places of their own, in an order that is theirs alone.
 */
import { Worker } from 'node:worker_threads';
import { setFlagsFromString } from 'node:v8';
import { PipelineError } from '../../../base/diagnostic.ts';
import { wasmInstance, type WasmModule } from './webassembly.ts';
import type { Heap } from './heap.ts';
import { OPERATION_WORDS, type Job } from './instructions.ts';
import { WORKER_SOURCE } from './thread-source.ts';

export interface ThreadPool {
  readonly threads: number;
  /** Runs all the jobs and returns when the last is done. `scratch`: bytes that each thread has for itself. */
  run(jobs: readonly Job[], scratch?: number): void;
  dispose(): void;
}

interface Exports {
  work(control: number, thread: number): void;
}

/** Words of the control block, at address 64 (assembly/recurrent.ts reads them by the same numbers). */
const CONTROL = 64;
const EPOCH = 0;
const PENDING = 4;
const FAILED = 5;
const BEAT = 6;
const JOBS = 7;
const SCRATCH = 8;
const STRIDE = 9;
/** A dispatch's jobs are counted in 20 bits. */
const MOST_JOBS = 2 ** 20 - 1;
/** A thread shows life at least at every step of a recurrence; so long without means that it is gone. */
const PATIENCE_SECONDS = 120;

/** Relaxed SIMD is behind a flag, of the whole process, before Node 22. Has to come before compiling. */
export function enableRelaxedSimd(): void {
  if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');
}

export async function createThreadPool(heap: Heap, module: WasmModule, threads: number): Promise<ThreadPool> {
  const instance = wasmInstance(module, heap.memory) as Exports;
  const words = new Int32Array(heap.memory.buffer, CONTROL, 16);
  const state = new BigInt64Array(heap.memory.buffer, CONTROL + 8, 1);
  const table = createTable(heap);
  let broken: string | undefined;
  let dispatches = 0;
  let scratchEach = 0;
  let disposed = false;
  const workers = await Promise.all(
    Array.from({ length: threads - 1 }, (_, index) => startWorker(module, heap, index + 1)),
  );
  for (const worker of workers)
    worker.on('exit', () => {
      if (!disposed) broken ??= 'a compute thread ended';
    });

  const reserve = (scratch: number): void => {
    if (scratch <= scratchEach) return;
    if (scratchEach > 0) heap.free(words[SCRATCH]! >>> 0);
    scratchEach = Math.ceil(scratch / 4096) * 4096;
    words[SCRATCH] = heap.allocate(scratchEach * threads);
    words[STRIDE] = scratchEach;
  };

  const run = (jobs: readonly Job[], scratch = 0): void => {
    if (jobs.length === 0) return;
    if (broken !== undefined || disposed) throw brokenPool(broken ?? 'the kernels were disposed of');
    if (jobs.length > MOST_JOBS) throw new Error(`${jobs.length} jobs in one dispatch`);
    reserve(scratch);
    words[JOBS] = table.write(jobs);
    Atomics.store(words, PENDING, jobs.length);
    dispatches = (dispatches + 1) & 0xffffff;
    Atomics.store(state, 0, (BigInt(dispatches) << 40n) | (BigInt(jobs.length) << 20n));
    if (jobs.length > 1 && workers.length > 0) {
      Atomics.add(words, EPOCH, 1);
      Atomics.notify(words, EPOCH, Math.min(workers.length, jobs.length - 1));
    }
    try {
      instance.work(CONTROL, 0);
      waitForAll(words);
    } catch (error) {
      broken = error instanceof Error ? error.message : String(error);
      throw brokenPool(broken);
    }
  };

  const dispose = (): void => {
    if (disposed) return;
    disposed = true;
    Atomics.store(words, EPOCH, -1);
    Atomics.notify(words, EPOCH);
    for (const worker of workers) void worker.terminate();
  };

  return { threads, run, dispose };
}

/** Until no job is left, or a thread has failed or shows no life any more. */
function waitForAll(words: Int32Array): void {
  let beat = Atomics.load(words, BEAT);
  let silent = 0;
  for (;;) {
    if (Atomics.load(words, FAILED) !== 0) throw new Error('a compute thread failed');
    const pending = Atomics.load(words, PENDING);
    if (pending === 0) return;
    if (Atomics.wait(words, PENDING, pending, 1000) !== 'timed-out') continue;
    const now = Atomics.load(words, BEAT);
    silent = now === beat ? silent + 1 : 0;
    beat = now;
    if (silent >= PATIENCE_SECONDS)
      throw new Error(`no compute thread made any progress for ${PATIENCE_SECONDS} seconds`);
  }
}

function brokenPool(reason: string): PipelineError {
  return new PipelineError('E_ENGINE', `the embedded engine stopped: ${reason}`, {
    hint: 'run again; if it happens again, try --threads 1 and report it',
  });
}

async function startWorker(module: WasmModule, heap: Heap, thread: number): Promise<Worker> {
  const worker = new Worker(WORKER_SOURCE, {
    eval: true,
    workerData: { module, memory: heap.memory, thread, control: CONTROL },
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

/** Where the jobs of a dispatch are written: the list of jobs, then their operations. */
function createTable(heap: Heap): { write(jobs: readonly Job[]): number } {
  let at = 0;
  let capacity = 0;
  return {
    write(jobs) {
      const operations = jobs.reduce((sum, job) => sum + job.length, 0);
      const head = Math.ceil((jobs.length * 2) / OPERATION_WORDS) * OPERATION_WORDS;
      const needed = head + operations * OPERATION_WORDS;
      if (needed > capacity) {
        if (capacity > 0) heap.free(at);
        capacity = needed * 2;
        at = heap.allocate(capacity * 4);
      }
      const words = heap.u32(at, needed);
      let place = head;
      for (const [index, job] of jobs.entries()) {
        words[2 * index] = at + place * 4;
        words[2 * index + 1] = job.length;
        for (const operation of job) {
          words.set(operation, place);
          place += OPERATION_WORDS;
        }
      }
      return at;
    },
  };
}
