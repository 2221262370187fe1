import { expect, it } from 'vitest';
import { raggedFrom, row } from '../../src/formats/ragged.ts';
import { modelIds, modelTexts } from '../../src/formats/tokens.ts';
import { tokensOf } from '../retrieval/fixtures.ts';

it('texts as models see them are truncated and have only known ids, one by one or all at once', () => {
  const config = { ...tokensOf(['a b c'], []).config, model_vocabulary: 4 };
  const texts = raggedFrom([[2, 3, 4, 5], [], [9], [3, 2, 9, 2, 2]]);
  const each = Array.from({ length: 4 }, (_, i) => modelIds(row(texts, i), config, 3));
  expect(modelTexts(texts, config, 3)).toEqual(raggedFrom(each));
  expect(modelTexts(texts, config, 3, 1, 3)).toEqual(raggedFrom(each.slice(1, 3)));
});
