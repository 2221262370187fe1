/** Two towers forward and back by kernels, with a softmax over all pairs: everything that a step leaves. */
import fc from 'fast-check';
import type { Similarity } from '../../../../src/formats/embeddings.ts';
import { outputWidth, weightShapes } from '../../../../src/engine/kernels/recurrent/shape.ts';
import type { Kernels } from '../../../../src/engine/kernels/kernels.ts';
import { floats, texts } from '../fixtures.ts';

const WORDS = 41;

export interface TowerCase {
  readonly input: number;
  readonly hidden: number;
  readonly cell: 'gru' | 'none';
  readonly skip: boolean;
  readonly projection: number | null;
  readonly similarity: Similarity;
  readonly temperature: number;
  readonly queries: readonly number[];
  readonly documents: readonly number[];
  /** Some of the embeddings. */
  readonly extremes: readonly number[];
}

/** Sizes that no register divides, more rows than a job takes, empty texts. */
export function towerCases(extreme: fc.Arbitrary<number>): fc.Arbitrary<TowerCase> {
  return fc.record({
    input: fc.integer({ min: 1, max: 70 }),
    hidden: fc.integer({ min: 1, max: 20 }),
    cell: fc.constantFrom('gru' as const, 'none' as const),
    skip: fc.boolean(),
    projection: fc.option(fc.integer({ min: 1, max: 40 })),
    similarity: fc.constantFrom('cosine' as const, 'dot' as const, 'euclidean' as const),
    temperature: fc.constantFrom(0.01, 0.05, 1, 1000),
    queries: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 40 }),
    documents: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 90 }),
    extremes: fc.oneof(fc.constant([]), fc.array(extreme, { minLength: 3, maxLength: 3 })),
  });
}

export function towerStep(kernels: Kernels, example: TowerCase): Float32Array[] {
  const { input, hidden, cell, skip, projection, similarity, temperature, extremes } = example;
  const table = kernels.table(WORDS, input);
  table.write(
    floats(WORDS * input, 'table').map((x, i) => (i % 37 === 5 ? (extremes[(i / 37) | 0] ?? x) : x)),
  );
  const first = { cell, input, hidden, layers: 1, bidirectional: cell === 'gru', pooling: 'mean' } as const;
  const parts = skip ? [first, { ...first, cell: 'none' as const }] : [first];
  const tower = kernels.tower({ parts, projection, normalised: similarity === 'cosine' });
  const width = parts.reduce((sum, part) => sum + outputWidth(part), 0);
  const sizes = [
    ...parts.flatMap((part) => weightShapes(part).map(({ shape }) => shape.reduce((a, b) => a * b, 1))),
    ...(projection === null ? [] : [width * projection, projection]),
  ];
  const weights = sizes.map((size, i) => floats(size, `weight ${i}`, 0.5));
  const options = { training: true, dropout: { input: 0, output: 0 }, seed: 1, tableTrainable: true };
  const [queries, documents] = (['queries', 'documents'] as const).map((name) =>
    tower.forward(texts(example[name], WORDS, name), table, weights, options),
  ) as [ReturnType<typeof tower.forward>, ReturnType<typeof tower.forward>];
  const scores = kernels.scores(queries, documents, similarity);
  const columns = example.documents.length;
  const loss = scores.softmax({
    temperature,
    positive: Int32Array.from(example.queries, (_, i) => (i * 7) % columns),
    allowed: Float32Array.from({ length: example.queries.length * columns }, (_, i) => Number(i % 5 > 0)),
  });
  const left = [Float32Array.of(loss), queries.read(), documents.read(), scores.read()];
  const of = scores.backward();
  left.push(...documents.backward(of.documents), ...queries.backward(of.queries), table.readGradient());
  for (const each of [scores, queries, documents]) each.release();
  tower.dispose();
  table.dispose();
  return left;
}
