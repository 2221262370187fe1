/** A known-answer test of the skip-gram kernels: the digest of one batch, gradients and what they change. */
import { createHash } from 'node:crypto';
import { random } from '../../../base/random.ts';
import { SIGMOID_TABLE, skipGramOperations as op } from '../abi.generated.ts';
import type { Heap } from '../threads/heap.ts';
import { createScope } from '../threads/scope.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';

export const KNOWN_ANSWER = '5474f29c3e1d700205b325cd196d560c02e20f872feffd15b8de7d61d2c4c1b9';

/** Five times the 16 floats that a row is a multiple of: not all of them go four at a time. */
const WIDTH = 80;
const ROWS = 11;
/** Size of the window, its first place in the inputs, the word and its negative samples, one of them the word itself. */
const GROUPS = [
  [3, 0, 4, 1, 2],
  [2, 3, 7, 7, 10],
];
const INPUTS = [0, 5, 9, 3, 4];
/** Pairs of a row and the place of its step. */
const UPDATES = [0, 0, 5, 1, 0, 4];

export function answerOf(heap: Heap, pool: ThreadPool): string {
  const scope = createScope(heap);
  const source = random(17, 'skip-gram');
  const put = (length: number, scale: number): number => {
    const at = scope.allocate(length);
    heap.f32(at, length).set(Float32Array.from({ length }, () => (2 * source.uniform() - 1) * scale));
    return at;
  };
  const [words, contexts] = [put(ROWS * WIDTH, 1), put(ROWS * WIDTH, 1)];
  const [wordSteps, targetSteps] = [put(INPUTS.length * WIDTH, 0), put(6 * WIDTH, 0)];
  const stride = WIDTH * 4;
  const gradients = op.gradients({
    words,
    contexts,
    stride,
    groups: scope.put(Uint32Array.from(GROUPS.flat())),
    count: GROUPS.length,
    negatives: 2,
    inputs: scope.put(Uint32Array.from(INPUTS)),
    firstTarget: 0,
    wordSteps,
    targetSteps,
    rate: 0.025,
    sigmoid: put(SIGMOID_TABLE.length, 1),
    logs: put(SIGMOID_TABLE.length, 1),
    loss: put(2, 0),
  });
  const list = scope.put(Uint32Array.from(UPDATES));
  const apply = op.apply({ table: words, stride, list, count: UPDATES.length / 2, steps: wordSteps });
  pool.run([[gradients, apply]], 4 * INPUTS.length * 3);
  const hash = createHash('sha256').update(heap.f32(words, ROWS * WIDTH));
  hash.update(heap.f32(wordSteps, INPUTS.length * WIDTH)).update(heap.f32(targetSteps, 6 * WIDTH));
  scope.release();
  return hash.digest('hex');
}
