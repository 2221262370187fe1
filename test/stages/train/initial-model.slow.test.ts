import { describe, expect, it } from 'vitest';
import { readModelWeights } from '../../../src/formats/model.ts';
import type { JsonObject } from '../../../src/stage.ts';
import { stage as train } from '../../../stages/train/kind.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import { tokensArtifact } from '../../retrieval/fixtures.ts';
import { makeWorld, type World } from './fixtures.ts';

const SHAPE = (buckets: number): JsonObject => ({
  encoder: { hidden: 8, shared: false },
  embeddings: { dimensions: 5, subwords: { buckets, min_n: 2, max_n: 3 } },
});

const trained = (world: World, params: JsonObject, initial?: KindRun): Promise<KindRun> =>
  runKind(train, { params, inputs: { ...world.inputs, ...(initial && { initial: initial.artifact }) } });

/** The largest difference of a weight. */
function distance(a: KindRun, b: KindRun): number {
  const [first, second] = [a, b].map(({ artifact }) => readModelWeights(artifact.path));
  return Math.max(
    ...[...first!].flatMap(([name, { data }]) =>
      Array.from(data, (value, i) => Math.abs(value - second!.get(name)!.data[i]!)),
    ),
  );
}

describe('train with `initial`', () => {
  it.each([
    ['without n-grams', 0],
    ['with n-grams', 50],
  ])('starts from the weights of the model, %s', async (_, buckets) => {
    const world = makeWorld({ knownWords: 40 });
    const first = await trained(world, { ...SHAPE(buckets), epochs: 3 });
    const still = { ...SHAPE(buckets), max_steps: 1, optimizer: { learning_rate: 1e-8 }, seed: 2 };
    expect(distance(await trained(world, still, first), first)).toBeLessThan(1e-6);
    expect(distance(await trained(world, still), first)).toBeGreaterThan(0.1);
  });

  it('refuses a model of another shape or vocabulary', async () => {
    const world = makeWorld();
    const first = await trained(world, { ...SHAPE(0), max_steps: 1 });
    await expect(
      trained(world, { ...SHAPE(0), encoder: { hidden: 9, shared: false } }, first),
    ).rejects.toThrow('the encoder of the initial model has another shape than `encoder`');
    const ngrams = await trained(world, { ...SHAPE(50), max_steps: 1 });
    await expect(trained(world, SHAPE(60), ngrams)).rejects.toThrow(
      'the initial model has other n-grams than `embeddings.subwords`',
    );
    const other = makeWorld({ testIds: [2, 3] });
    const { tokens } = other;
    const words = tokens.vocabulary.tokens.map((word) => `${word}x`);
    const foreign = tokensArtifact({ ...tokens, vocabulary: { ...tokens.vocabulary, tokens: words } });
    const inputs = { ...other.inputs, tokens: foreign, initial: first.artifact };
    await expect(runKind(train, { params: SHAPE(0), inputs })).rejects.toThrow(
      'the tokens and the initial model have different vocabularies',
    );
  });
});
