import { join } from 'node:path';
import { expect, it } from 'vitest';
import { random } from '../../src/base/random.ts';
import { DOCUMENTS_FILE, writeEmbeddingsConfig, type Similarity } from '../../src/formats/embeddings.ts';
import { writeNpy } from '../../src/formats/npy.ts';
import { openNativeScan } from '../../src/retrieval/native-scan.ts';
import { openSearch } from '../../src/retrieval/search.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

const [DOCUMENTS, DIMENSIONS] = [600, 24];

/** Many documents are equal or nearly so: their scores lie closer than float32 can tell apart. */
function embeddings(similarity: Similarity): { folder: string; queries: Float32Array[] } {
  const folder = temporaryFolder();
  const numbers = random(3, 'native scan');
  const vector = (): Float32Array => {
    const values = Float32Array.from({ length: DIMENSIONS }, () => numbers.normal());
    const norm = Math.hypot(...values);
    return similarity === 'cosine' ? values.map((value) => value / norm) : values;
  };
  const few = Array.from({ length: 40 }, vector);
  const documents = Array.from({ length: DOCUMENTS }, (_, i) =>
    i % 3 === 0 ? vector() : few[i % few.length]!.map((value) => value + (i % 5) * 1e-8),
  );
  writeNpy(join(folder, DOCUMENTS_FILE), DOCUMENTS, DIMENSIONS, documents);
  writeEmbeddingsConfig(folder, { similarity, dimensions: DIMENSIONS, documents: DOCUMENTS, queries: 0 });
  return { folder, queries: Array.from({ length: 20 }, vector) };
}

it.each<Similarity>(['cosine', 'dot', 'euclidean'])(
  'gives the documents and scores of the exact search, to the bit, by %s',
  async (similarity) => {
    const { folder, queries } = embeddings(similarity);
    const [scan, exact] = [
      await openNativeScan({ embeddings: folder }),
      await openSearch({ embeddings: folder }),
    ];
    for (const query of [...queries, new Float32Array(DIMENSIONS)])
      for (const top of [1, 10, 150, DOCUMENTS, DOCUMENTS + 1])
        expect(scan.search(query, top)).toEqual(exact.search(query, top));
  },
);

it('searches vectors exactly whose float32 products overflow', async () => {
  const folder = temporaryFolder();
  const numbers = random(4, 'native scan');
  const base = Float32Array.from({ length: DIMENSIONS }, () => 1e25 * numbers.normal());
  const documents = Array.from({ length: DOCUMENTS }, () =>
    base.map((value) => -value * (1 + 1e-5 * numbers.normal())),
  );
  writeNpy(join(folder, DOCUMENTS_FILE), DOCUMENTS, DIMENSIONS, documents);
  const config = { similarity: 'dot', dimensions: DIMENSIONS, documents: DOCUMENTS, queries: 0 } as const;
  writeEmbeddingsConfig(folder, config);
  const scan = await openNativeScan({ embeddings: folder });
  expect(scan.search(base, 5)).toEqual((await openSearch({ embeddings: folder })).search(base, 5));
});
