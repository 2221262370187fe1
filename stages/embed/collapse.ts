/**
 * Collapsed embeddings: vectors that all point the same way, so that every query ranks the documents alike. Judged from
 * a sample that is collected while the texts are encoded.
 */
import type { StageWarning } from '../../src/stage.ts';

/** Vectors in the sample: the mean over their 20,000 pairs is exact to about 0.001. */
const MOST_SAMPLED = 200;
/** With fewer texts, alike embeddings are no surprise. */
const FEWEST_SAMPLED = 5;
/** Mean cosine of two texts. Trained embeddings stay below 0.5; untrained ones of short texts may reach 0.9. */
const COLLAPSED = 0.99;

export interface VectorSample {
  /** Looks at `vectors` [length, dimensions], the rows from `start` on. */
  see(start: number, vectors: Float32Array): void;
  /** Mean cosine of all pairs; undefined for too few vectors. */
  meanCosine(): number | undefined;
}

/** Samples evenly spaced rows of `count`. */
export function vectorSample(count: number, dimensions: number): VectorSample {
  const size = Math.min(count, MOST_SAMPLED);
  const kept: Float32Array[] = [];
  return {
    see(start, vectors) {
      const end = start + vectors.length / dimensions;
      for (; kept.length < size;) {
        const row = Math.floor((kept.length * count) / size);
        if (row >= end) return;
        kept.push(vectors.slice((row - start) * dimensions, (row - start + 1) * dimensions));
      }
    },
    meanCosine: () => (size < FEWEST_SAMPLED ? undefined : meanPairwiseCosine(kept, dimensions)),
  };
}

/**
 * Of unit vectors u, |Σ u|² is the number of vectors plus the cosine of each ordered pair. Zero vectors, of texts without
 * a word, are left out; if all are zero, all scores are equal.
 */
export function meanPairwiseCosine(vectors: readonly Float32Array[], dimensions: number): number {
  const sum = new Float64Array(dimensions);
  let used = 0;
  for (const vector of vectors) {
    const norm = Math.sqrt(vector.reduce((total, value) => total + value * value, 0));
    if (norm === 0) continue;
    used += 1;
    for (let i = 0; i < dimensions; i++) sum[i]! += vector[i]! / norm;
  }
  if (used === 0) return 1;
  if (used === 1) return 0;
  const square = sum.reduce((total, value) => total + value * value, 0);
  return (square - used) / (used * (used - 1));
}

/** `cosines`: by what was encoded, `documents` or `queries`. */
export function collapseWarning(
  cosines: Readonly<Record<string, number | undefined>>,
): StageWarning | undefined {
  const collapsed = Object.entries(cosines).filter(
    ([, cosine]) => cosine !== undefined && cosine > COLLAPSED,
  );
  if (collapsed.length === 0) return undefined;
  const found = collapsed.map(([what, cosine]) => `${what} (mean cosine of two: ${cosine!.toFixed(4)})`);
  return {
    message: `the embeddings have collapsed: nearly the same vector for all ${found.join(' and ')}, so that all scores are nearly equal`,
    cause: 'The model is untrained or diverged, or its texts have hardly a known word.',
    hint: 'See the warnings of the train stage; lower the learning rate, train longer, or choose a contrastive loss.',
    parameter: 'train.optimizer.learning_rate',
  };
}
