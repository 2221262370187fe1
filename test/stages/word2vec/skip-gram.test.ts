import { describe, expect, it, onTestFinished } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { createSkipGram, type SkipGram, type SkipGramShape } from '../../../stages/word2vec/skip-gram.ts';

const ROWS = 40;

interface Group {
  readonly ids: readonly number[];
  readonly centre: number;
  readonly negatives: readonly number[];
}

async function kernel(shape: Partial<SkipGramShape>): Promise<SkipGram> {
  const model = await createSkipGram({
    rows: ROWS,
    dimensions: 19,
    negatives: 3,
    window: 6,
    batch: 50,
    threads: 2,
    ...shape,
  });
  onTestFinished(() => {
    model.dispose();
  });
  return model;
}

function fill(model: SkipGram, dimensions: number, scale: number): void {
  const source = random(7, 'skip-gram test');
  for (const table of [model.words, model.contexts])
    for (let row = 0; row < ROWS; row++)
      for (let i = 0; i < dimensions; i++) table[row * model.width + i] = scale * source.normal();
}

/** Words repeat within windows, among negatives, and between both: every way of colliding. */
function groups(count: number, negatives: number, most: number): Group[] {
  const source = random(9, 'skip-gram groups');
  const draw = (): number => 2 + source.integer(ROWS - 2);
  return Array.from({ length: count }, () => {
    const ids = Array.from({ length: 2 + source.integer(most) }, draw);
    const centre = source.integer(ids.length);
    const list = Array.from({ length: negatives }, (_, k) =>
      k === 1 && ids.length % 3 === 0 ? ids[centre]! : draw(),
    );
    return { ids, centre, negatives: list };
  });
}

function feed(model: SkipGram, list: readonly Group[]): void {
  for (const { ids, centre, negatives } of list) {
    const left = [...negatives];
    model.add(Uint32Array.from(ids), 0, ids.length - 1, centre, () => left.shift()!);
  }
}

/** σ as the kernel's table has it: constant over steps of 1/256, the value of each step's middle. */
function sigmoid(x: number): number {
  const step = Math.min(4095, Math.max(0, Math.trunc((x + 8) * 256)));
  return 1 / (1 + Math.exp(-((step + 0.5) / 256 - 8)));
}

/** Formula 4 of Mikolov et al., written as loops in double precision over copies of the tables. */
function reference(
  before: { words: Float32Array; contexts: Float32Array },
  list: readonly Group[],
  { width, rate, table }: { width: number; rate: number; table: (x: number) => number },
): { words: Float64Array; contexts: Float64Array; loss: number } {
  const words = Float64Array.from(before.words);
  const contexts = Float64Array.from(before.contexts);
  let loss = 0;
  for (const { ids, centre, negatives } of list) {
    for (const [place, input] of ids.entries()) {
      if (place === centre) continue;
      for (const [k, target] of [ids[centre]!, ...negatives].entries()) {
        if (k > 0 && target === ids[centre]) continue;
        let score = 0;
        for (let i = 0; i < width; i++)
          score += before.words[input * width + i]! * before.contexts[target * width + i]!;
        const label = k === 0 ? 1 : 0;
        const g = rate * (label - table(score));
        for (let i = 0; i < width; i++) {
          words[input * width + i]! += g * before.contexts[target * width + i]!;
          contexts[target * width + i]! += g * before.words[input * width + i]!;
        }
        loss -= Math.log(table(k === 0 ? score : -score));
      }
    }
  }
  return { words, contexts, loss };
}

const largestError = (is: Float32Array, wanted: Float64Array): number =>
  is.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0);

describe('the skip-gram kernel', () => {
  it.each([
    { dimensions: 1, negatives: 1, window: 1 },
    { dimensions: 16, negatives: 5, window: 4 },
    { dimensions: 19, negatives: 3, window: 6 },
    { dimensions: 100, negatives: 10, window: 10 },
  ])('makes the same updates as a reference in double precision: %j', async (shape) => {
    const model = await kernel(shape);
    fill(model, shape.dimensions, 0.4);
    const before = { words: model.words.slice(), contexts: model.contexts.slice() };
    const list = groups(41, shape.negatives, shape.window - 1 || 1).filter(
      ({ ids }) => ids.length <= shape.window + 1,
    );
    feed(model, list);
    const rate = 0.05;
    const loss = model.train(rate);
    const expected = reference(before, list, { width: model.width, rate, table: sigmoid });
    expect(largestError(model.words, expected.words)).toBeLessThan(2e-5);
    expect(largestError(model.contexts, expected.contexts)).toBeLessThan(2e-5);
    expect(Math.abs(loss - expected.loss) / expected.loss).toBeLessThan(1e-4);
    // The error of the table is bounded by its step of 1/256: |σ'| ≤ ¼, vectors below 2.
    const smooth = reference(before, list, {
      width: model.width,
      rate,
      table: (x) => 1 / (1 + Math.exp(-x)),
    });
    expect(largestError(model.words, smooth.words)).toBeLessThan(rate * 2 * 41 * 11 * (0.25 / 512));
    expect(Math.abs(loss - smooth.loss) / smooth.loss).toBeLessThan(0.01);
  });

  it('stays finite for scores far beyond the sigmoid table', async () => {
    const model = await kernel({});
    fill(model, 19, 30);
    feed(model, groups(10, 3, 5));
    expect(Number.isFinite(model.train(0.025))).toBe(true);
    expect(model.words.every(Number.isFinite)).toBe(true);
  });

  it('gives the same bits at any number of threads, batch after batch', async () => {
    const list = groups(200, 3, 5);
    const results = [];
    for (const threads of [1, 2, 3, 4, 8]) {
      const model = await kernel({ threads });
      fill(model, 19, 0.4);
      let loss = 0;
      for (let start = 0; start < list.length; start += 50) {
        feed(model, list.slice(start, start + 50));
        loss += model.train(0.05);
      }
      results.push([loss, Buffer.from(model.words).toString('base64'), model.contexts.join()]);
    }
    for (const result of results) expect(result).toEqual(results[0]);
  });

  it('does nothing without groups, and rejects vectors that do not fit into memory', async () => {
    expect((await kernel({})).train(0.05)).toBe(0);
    await expect(kernel({ rows: 1 << 20, dimensions: 1024 })).rejects.toMatchObject({ code: 'E_LIMIT' });
  });
});
