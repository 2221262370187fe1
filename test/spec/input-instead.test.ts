import { expect, test } from 'vitest';
import { stage as tokenize } from '../../stages/tokenize/kind.ts';
import { catalogueOf, DECLARATIONS, project, stage } from './fixtures.ts';

const kinds = catalogueOf({ ...DECLARATIONS, tokenize });
const STAGES = `stages:
  a: { uses: ingest, with: { format: tsv, splits: { train: a.tsv } } }
  words: { uses: tokenize, inputs: { corpus: a }, with: { min_count: 1 } }
  other: { uses: tokenize, inputs: { corpus: a, vocabulary: words }`;

test('a parameter that an input decides cannot be set beside it', async () => {
  const { diagnostics } = project(`${STAGES}, with: { min_count: 3 } }\n`);
  expect(await diagnostics({ kinds })).toMatchObject([
    {
      message: "`min_count` is decided by the input 'vocabulary' and cannot be set beside it",
      location: { line: 4 },
    },
  ]);
});

test('without that input, it can', async () => {
  const { load } = project(`${STAGES} }\n`);
  expect(stage(await load({ kinds }), 'words').with).toMatchObject({ min_count: 1 });
});
