import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stage } from '../../../stages/word2vec/kind.ts';
import type { Tokens } from '../../../src/formats/tokens.ts';
import { tokensArtifact, tokensOf } from '../../retrieval/fixtures.ts';
import { runKind, temporaryFolder, type KindRun } from '../../helpers/run-kind.ts';

const WORDS = Array.from({ length: 20 }, (_, i) => `word${i}`);

/** Pretrained vectors for these words, loaded for a text of the 20 words. */
function load(words: readonly string[], tokens: Tokens = tokensOf([WORDS.join(' ')], [])): Promise<KindRun> {
  const path = join(temporaryFolder(), 'vectors.txt');
  writeFileSync(path, words.map((word, i) => `${word} 0.${i + 1} 0.5\n`).join(''));
  return runKind(stage, {
    params: { source: 'pretrained', path },
    inputs: { tokens: tokensArtifact(tokens) },
  });
}

describe('pretrained vectors', () => {
  it('that cover less than a tenth of the text are warned of, with the parameter to change', async () => {
    const run = await load(['word3', 'fleuve', 'lampe']);
    expect(run.metrics).toMatchObject({ coverage_tokens: 0.05 });
    expect(run.fullWarnings).toEqual([
      {
        message: 'only 5.0 % of the text has a word vector; all other words get random ones',
        cause: expect.stringContaining('another language') as string,
        hint: expect.stringContaining('`source: train`') as string,
        parameter: 'path',
      },
    ]);
  });

  it('that cover a tenth are not', async () => {
    expect((await load(['word3', 'word4'])).warnings).toEqual([]);
  });

  it('that have no word of the text are an error, which shows words of both', async () => {
    await expect(load(['fleuve', 'lampe', 'pierre', 'jardin'])).rejects.toMatchObject({
      code: 'E_INPUT',
      message: expect.stringMatching(
        /vectors\.txt has a vector for none of the 20 words .*4 rows read/,
      ) as string,
      hint: expect.stringContaining(
        "begins with 'fleuve', 'lampe', 'pierre', the vocabulary with 'word0'",
      ) as string,
    });
  });

  it('for a vocabulary without words say that the vocabulary is empty', async () => {
    const tokens = tokensOf([WORDS.join(' ')], []);
    const rare = { ...tokens, config: { ...tokens.config, model_vocabulary: 2 } };
    await expect(load(['word3'], rare)).rejects.toMatchObject({
      hint: expect.stringContaining('`min_count`') as string,
    });
  });
});

it('random vectors cover nothing and are not warned of: they were asked for', async () => {
  const run = await runKind(stage, {
    params: { source: 'random', dimensions: 4 },
    inputs: { tokens: tokensArtifact(tokensOf([WORDS.join(' ')], [])) },
  });
  expect(run.warnings).toEqual([]);
});
