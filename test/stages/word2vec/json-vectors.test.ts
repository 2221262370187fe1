import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readVectors } from '../../../src/formats/vectors.ts';
import { stage } from '../../../stages/word2vec/kind.ts';
import { runKind, temporaryFolder } from '../../helpers/run-kind.ts';
import { tokensArtifact, tokensOf } from '../../retrieval/fixtures.ts';

const TOKENS = tokensOf(['fever rises "high" ]odd'], []);
const WORDS = TOKENS.vocabulary.tokens;

/** As winkNLP's package: a norm and an index after the values of each word. */
const WINK = JSON.stringify({
  precision: 8,
  size: 4,
  dimensions: 2,
  words: ['vectors', 'fever', '"high"', ']odd', 'the'],
  vectors: {
    fever: [0.5, -1.25, 1.3, 0],
    '"high"': [1, 2, 2.2, 1],
    ']odd': [3, 4, 5, 2],
    the: [9, 9, 12.7, 3],
  },
  unkVector: [0, 0, 0, -1],
});

async function load(content: string | Uint8Array, params: object = {}): Promise<Record<string, number[]>> {
  const path = join(temporaryFolder(), 'vectors.json');
  writeFileSync(path, content);
  const run = await runKind(stage, {
    params: { source: 'pretrained', path, ...params },
    inputs: { tokens: tokensArtifact(TOKENS) },
  });
  const { dimensions, data, known } = readVectors(run.artifact.path);
  const rows = WORDS.map((word, id) => [word, id] as const).filter(([, id]) => known[id] === 1);
  return Object.fromEntries(
    rows.map(([word, id]) => [word, [...data.subarray(id * dimensions, (id + 1) * dimensions)]]),
  );
}

describe('word vectors in JSON', () => {
  it('are read as winkNLP’s packages have them, without norm and index, gzipped or not', async () => {
    const expected = { fever: [0.5, -1.25], '"high"': [1, 2], ']odd': [3, 4] };
    expect(await load(WINK)).toEqual(expected);
    expect(await load(gzipSync(WINK), { format: 'json' })).toEqual(expected);
  });

  it('are read from an object of words, whose first row gives the dimensions', async () => {
    expect(await load('{ "fever": [1, 2, 3],\n  "rises" : [ 4, 5, 6 ] }')).toEqual({
      fever: [1, 2, 3],
      rises: [4, 5, 6],
    });
  });

  it.each([
    ['{"fever": [1, 2], "rises": [1, 2, 3, 4, 5]}', 'vector 2: 5 values where 2 were expected'],
    ['{"fever": [1, 2], "rises": [1, null]}', "vector 2: 'null' is not a finite number"],
    ['{"fever": [1, 2], "rises": 3}', 'vector 2: there is no list of values after the word'],
    ['{"fever": [1, 2], "rises": [1, 2', 'vector 2: the file ends here, inside its vectors'],
    ['{"model": "a", "dimensions": 2}', 'the JSON has no `vectors`'],
    [WINK.replace('"size":4', '"size":5'), 'the file has 4 vectors; its `size` announces 5'],
  ])('that are wrong are an error that says where: %s', async (content, message) => {
    await expect(load(content)).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringContaining(message) as string,
    });
  });

  it('are the same however the file is split into pieces', async () => {
    // Pieces have 1 MiB, so rows lie across their borders.
    const filler = Array.from({ length: 4_000 }, (_, i) => [
      `word${'x'.repeat(i % 700)}${i}`,
      Array.from({ length: 60 }, (_, k) => i + k / 8),
    ]);
    const fever = Array.from({ length: 60 }, (_, k) => k / 4);
    const vectors = Object.fromEntries([...filler, ['fever', fever]]) as Record<string, number[]>;
    expect(await load(JSON.stringify({ words: Object.keys(vectors), dimensions: 60, vectors }))).toEqual({
      fever,
    });
  });
});
