import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { random } from '../../../../src/base/random.ts';
import { findCompiler } from '../../../../src/engine/kernels/native/compiler.ts';
import { instructionSets } from '../../../../src/engine/kernels/native/instruction-sets.ts';
import { createSkipGram } from '../../../../stages/word2vec/skip-gram.ts';

const native = typeof findCompiler() === 'string' ? [] : instructionSets();

afterEach(() => {
  vi.unstubAllEnvs();
});

interface Case {
  readonly dimensions: number;
  readonly negatives: number;
  readonly window: number;
  readonly batch: number;
  /** Of the first vectors: large ones reach both ends of the table of σ. */
  readonly scale: number;
}

/** Digest of both tables and the loss after some hundred windows. */
async function leftBy(program: string, threads: number, example: Case): Promise<string> {
  vi.stubEnv('PIPELINE_KERNELS', program);
  const rows = 61;
  const { window, batch, scale } = example;
  const model = await createSkipGram({ ...example, rows, window: 2 * window, threads });
  const source = random(1, 'skip-gram');
  for (let i = 0; i < model.words.length; i++)
    if (i % model.width < example.dimensions) model.words[i] = (source.uniform() - 0.5) * scale;
  const ids = Uint32Array.from({ length: 300 }, () => source.integer(rows));
  const hash = createHash('sha256');
  for (let i = 1; i < ids.length - 1; i++) {
    const reach = 1 + source.integer(window);
    const [from, to] = [Math.max(0, i - reach), Math.min(ids.length - 1, i + reach)];
    model.add(ids, from, to, i, () => source.integer(rows));
    if (model.queued() === batch) hash.update(String(model.train(0.05)));
  }
  hash
    .update(String(model.train(0.05)))
    .update(model.words)
    .update(model.contexts);
  model.dispose();
  return hash.digest('hex');
}

it.skipIf(native.length === 0)(
  'skip-gram leaves the same bytes in every program and at any number of threads, whatever the sizes',
  async () => {
    const cases = fc.record({
      dimensions: fc.integer({ min: 1, max: 150 }),
      negatives: fc.integer({ min: 0, max: 9 }),
      window: fc.integer({ min: 1, max: 6 }),
      batch: fc.integer({ min: 1, max: 80 }),
      scale: fc.constantFrom(0.1, 3, 1e30),
    });
    await fc.assert(
      fc.asyncProperty(cases, async (example) => {
        const expected = await leftBy('wasm', 1, example);
        for (const [index, program] of native.entries())
          expect(await leftBy(program, 1 + (index % 2), example)).toBe(expected);
      }),
      { numRuns: 20 },
    );
  },
);
