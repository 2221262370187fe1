import { describe, expect, it } from 'vitest';
import { stage } from '../../../stages/tokenize/kind.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import { smallCorpus, type SmallQuery } from './corpus-fixture.ts';

const DOCUMENTS = ['fever rises and fever falls', 'and fever rises', 'asthma and fever'];

const tokenize = async (queries: readonly SmallQuery[], params = {}): Promise<KindRun> =>
  runKind(stage, { inputs: { corpus: await smallCorpus({ documents: DOCUMENTS, queries }) }, params });

describe('a vocabulary', () => {
  it('without most words of the documents is warned of: the corpus is small for this min_count', async () => {
    const run = await tokenize([['train', 'fever']], { min_count: 5 });
    expect(run.fullWarnings).toEqual([
      {
        message: 'most words are unknown to models: 63.6 % of the documents',
        cause: expect.stringContaining('`min_count`') as string,
        hint: expect.stringContaining('Lower `min_count`') as string,
        parameter: 'min_count',
      },
    ]);
  });

  it('without most words of the test queries is warned of: they are of another language', async () => {
    const run = await tokenize(
      [
        ['train', 'fever and asthma'],
        ['test', 'la fièvre monte'],
      ],
      { min_count: 1 },
    );
    expect(run.warnings).toEqual(['most words are unknown to models: 100.0 % of the test queries']);
    expect(run.fullWarnings[0]!.cause).toContain('another language');
  });

  it('that knows half of the words is not', async () => {
    const run = await tokenize([['test', 'fever again']], { min_count: 1 });
    expect(run.metrics).toMatchObject({ 'test.oov': 0.5 });
    expect(run.warnings).toEqual([]);
  });
});
