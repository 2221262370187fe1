import { describe, expect, it } from 'vitest';
import { stage as embed } from '../../../stages/embed/kind.ts';
import { meanPairwiseCosine, vectorSample } from '../../../stages/embed/collapse.ts';
import { stage as train } from '../../../stages/train/kind.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import { randomMatrix } from '../../retrieval/fixtures.ts';
import { makeWorld, type WorldOptions } from '../train/fixtures.ts';

async function embedded(options: WorldOptions): Promise<KindRun> {
  const { inputs } = makeWorld(options);
  const params = { encoder: { hidden: 9 }, embeddings: { dimensions: 8 }, epochs: 1 };
  const model = await runKind(train, { params, inputs });
  return runKind(embed, { inputs: { tokens: inputs.tokens, model: model.artifact } });
}

describe('embeddings', () => {
  it('that are nearly the same for every text are warned of', async () => {
    // Models know no word: a text is a number of unknown ones.
    const run = await embedded({ knownWords: 2 });
    expect(run.warnings.join()).toMatch(
      /the embeddings have collapsed: .* documents \(mean cosine of two: 0\.99/,
    );
    expect(run.fullWarnings[0]!.parameter).toBe('train.optimizer.learning_rate');
  });

  it('that differ are not', async () => {
    expect((await embedded({})).warnings).toEqual([]);
  });
});

describe('the mean cosine of all pairs', () => {
  it('equals the mean over a loop of pairs, without zero vectors', () => {
    const { data } = randomMatrix(7, 3, 'vectors');
    const vectors = Array.from({ length: 7 }, (_, i) => data.subarray(3 * i, 3 * i + 3));
    const cosines = vectors.flatMap((one, i) =>
      vectors.slice(0, i).map((other) => dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other))),
    );
    const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
    expect(meanPairwiseCosine([...vectors, new Float32Array(3)], 3)).toBeCloseTo(mean, 6);
  });

  it('is 1 where all vectors are zero, and unknown for a handful of texts', () => {
    expect(meanPairwiseCosine([new Float32Array(3), new Float32Array(3)], 3)).toBe(1);
    expect(vectorSample(4, 3).meanCosine()).toBeUndefined();
  });

  it('is of evenly spaced rows, however they are cut into chunks', () => {
    const { data } = randomMatrix(1000, 4, 'rows');
    const meanIn = (chunk: number): number => {
      const sample = vectorSample(1000, 4);
      for (let row = 0; row < 1000; row += chunk)
        sample.see(row, data.subarray(4 * row, 4 * Math.min(1000, row + chunk)));
      return sample.meanCosine()!;
    };
    const every = Array.from({ length: 200 }, (_, i) => data.subarray(20 * i, 20 * i + 4));
    expect(meanIn(1000)).toBe(meanPairwiseCosine(every, 4));
    expect(meanIn(7)).toBe(meanIn(1000));
  });
});

const dot = (one: Float32Array, other: Float32Array): number =>
  one.reduce((sum, value, i) => sum + value * other[i]!, 0);
