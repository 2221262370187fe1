/**
 * Lays out the memory of the skip-gram kernel (src/engine/kernels/assembly/lib/skip-gram.ts) and runs it on threads, batch
 * by batch. Which words form a batch is decided in train.ts.
 */
import { exp, log } from '../../src/base/math.ts';
import { SIGMOID_TABLE, skipGramOperations as op } from '../../src/engine/kernels/abi.generated.ts';
import { createHeap, type Heap } from '../../src/engine/kernels/threads/heap.ts';
import type { Job } from '../../src/engine/kernels/threads/instructions.ts';
import { chooseProgram } from '../../src/engine/kernels/choose-program.ts';
import { answerOf, KNOWN_ANSWER } from '../../src/engine/kernels/known-answers/skip-gram.ts';
import { createThreadPool } from '../../src/engine/kernels/threads/thread-pool.ts';
import { WASM } from '../../src/engine/kernels/skip-gram.generated.ts';
import { PipelineError } from '../../src/stage.ts';

export interface SkipGramShape {
  /** Words, including the special tokens. */
  readonly rows: number;
  readonly dimensions: number;
  readonly negatives: number;
  /** Maximum number of words in a window. */
  readonly window: number;
  /** Maximum number of groups in a batch: all gradients of a batch are computed from the vectors before it. */
  readonly batch: number;
  readonly threads: number;
}

export interface SkipGram {
  /** [rows, width] float32: the word vectors; values from `dimensions` on are zero. */
  readonly words: Float32Array;
  /** The same for the words that are predicted. */
  readonly contexts: Float32Array;
  /** Floats per row: dimensions rounded up to a multiple of 16. */
  readonly width: number;
  /** Adds a group to the batch: the words `ids[from … to]`, except the one at `centre`, predict ids[centre]. */
  add(ids: Uint32Array, from: number, to: number, centre: number, negative: () => number): void;
  /** Groups in the batch. */
  queued(): number;
  /** Trains on the batch; returns its loss, summed over the pairs. */
  train(rate: number): number;
  dispose(): void;
}

const LANES = 16;
const { length: TABLE_LENGTH, limit: TABLE_LIMIT } = SIGMOID_TABLE;
const MOST_BYTES = 2 ** 32;
/** Groups whose gradients one job computes: about 30 µs of work. */
const GROUPS_A_JOB = 16;
/** Number of jobs that add gradients to rows; rows are distributed by their ids. */
const PARTS = 16;

/** @throws PipelineError E_LIMIT if the vectors do not fit into memory */
export async function createSkipGram(shape: SkipGramShape): Promise<SkipGram> {
  const { rows, dimensions, negatives, batch } = shape;
  const width = Math.ceil(dimensions / LANES) * LANES;
  const targets = 1 + negatives;
  const inputs = batch * shape.window;
  const steps = (inputs + batch * targets) * width;
  if (4 * (2 * rows * width + 2 * steps) > MOST_BYTES)
    throw new PipelineError('E_LIMIT', `${rows} words of ${dimensions} dimensions need more than 4 GiB`, {
      hint: 'Lower `max_vocab` or raise `min_count` in the tokenize stage, or lower `dimensions`.',
    });
  const heap = createHeap();
  const { program } = await chooseProgram({
    work: 'skipGram',
    precision: 'exact',
    wasm: WASM,
    answer: answerOf,
    known: KNOWN_ANSWER,
  });
  const pool = await createThreadPool(heap, program, shape.threads);
  const at = {
    words: heap.allocate(4 * rows * width),
    contexts: heap.allocate(4 * rows * width),
    sigmoid: heap.allocate(4 * TABLE_LENGTH),
    logs: heap.allocate(4 * TABLE_LENGTH),
    groups: heap.allocate(4 * batch * (2 + targets)),
    inputs: heap.allocate(4 * inputs),
    wordSteps: heap.allocate(4 * inputs * width),
    targetSteps: heap.allocate(4 * batch * targets * width),
    losses: heap.allocate(8 * Math.ceil(batch / GROUPS_A_JOB)),
  };
  const lists = { words: createLists(heap, inputs), contexts: createLists(heap, batch * targets) };
  // The pool has reserved its own, small blocks, so the memory no longer grows and views stay valid.
  fillTables(heap.f32(at.sigmoid, TABLE_LENGTH), heap.f32(at.logs, TABLE_LENGTH));
  heap.f32(at.words, rows * width).fill(0);
  heap.f32(at.contexts, rows * width).fill(0);
  const stride = width * 4;
  const groups = heap.u32(at.groups, batch * (2 + targets));
  const inputIds = heap.u32(at.inputs, inputs);
  let [queued, used] = [0, 0];

  const add: SkipGram['add'] = (ids, from, to, centre, negative) => {
    let place = queued * (2 + targets);
    groups[place++] = to - from;
    groups[place++] = used;
    for (let i = from; i <= to; i++) {
      if (i === centre) continue;
      lists.words.push(ids[i]!, used);
      inputIds[used++] = ids[i]!;
    }
    for (let j = 0; j < targets; j++) {
      const id = j === 0 ? ids[centre]! : negative();
      lists.contexts.push(id, queued * targets + j);
      groups[place++] = id;
    }
    queued++;
  };

  const gradientJobs = (rate: number): Job[] => {
    const jobs: Job[] = [];
    for (let first = 0; first < queued; first += GROUPS_A_JOB) {
      jobs.push([
        op.gradients({
          ...{
            words: at.words,
            contexts: at.contexts,
            stride,
            groups: at.groups + 4 * first * (2 + targets),
          },
          count: Math.min(GROUPS_A_JOB, queued - first),
          negatives,
          inputs: at.inputs,
          firstTarget: first * targets,
          wordSteps: at.wordSteps,
          targetSteps: at.targetSteps,
          rate,
          sigmoid: at.sigmoid,
          logs: at.logs,
          loss: at.losses + 8 * (first / GROUPS_A_JOB),
        }),
      ]);
    }
    return jobs;
  };

  const train = (rate: number): number => {
    if (queued === 0) return 0;
    const jobs = gradientJobs(rate);
    pool.run(jobs, 4 * shape.window * targets);
    pool.run(
      Array.from({ length: PARTS }, (_, part) =>
        [
          { table: at.words, list: lists.words, steps: at.wordSteps },
          { table: at.contexts, list: lists.contexts, steps: at.targetSteps },
        ].map(({ table, list, steps }) =>
          op.apply({ table, stride, list: list.at(part), count: list.length(part), steps }),
        ),
      ),
    );
    lists.words.clear();
    lists.contexts.clear();
    [queued, used] = [0, 0];
    return new Float64Array(heap.memory.buffer, at.losses, jobs.length).reduce((sum, loss) => sum + loss, 0);
  };

  return {
    words: heap.f32(at.words, rows * width),
    contexts: heap.f32(at.contexts, rows * width),
    width,
    add,
    queued: () => queued,
    train,
    dispose: () => {
      pool.dispose();
    },
  };
}

/** The gradients to add to each row, by part, in the order of the batch. */
interface Lists {
  push(row: number, place: number): void;
  at(part: number): number;
  length(part: number): number;
  clear(): void;
}

function createLists(heap: Heap, capacity: number): Lists {
  const address = heap.allocate(8 * capacity * PARTS);
  const entries = heap.u32(address, 2 * capacity * PARTS);
  const lengths = new Uint32Array(PARTS);
  return {
    push: (row, place) => {
      const part = row % PARTS;
      const entry = 2 * (part * capacity + lengths[part]!++);
      entries[entry] = row;
      entries[entry + 1] = place;
    },
    at: (part) => address + 8 * part * capacity,
    length: (part) => lengths[part]!,
    clear: () => lengths.fill(0),
  };
}

/** σ(x) and −log σ(x) = log(1 + e^−x) at the middle of each step. */
function fillTables(sigmoid: Float32Array, logs: Float32Array): void {
  for (let i = 0; i < TABLE_LENGTH; i++) {
    const x = ((i + 0.5) / TABLE_LENGTH) * 2 * TABLE_LIMIT - TABLE_LIMIT;
    sigmoid[i] = 1 / (1 + exp(-x));
    logs[i] = log(1 + exp(-x));
  }
}
