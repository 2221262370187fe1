import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CORPUS_FILE } from '../../../src/formats/corpus.ts';
import { openDatabase } from '../../../src/formats/duckdb.ts';
import { raggedFrom, row, type Ragged } from '../../../src/formats/ragged.ts';
import { modelIds, readTokens, type Tokens } from '../../../src/formats/tokens.ts';
import type { TokenStatistics } from '../../../stages/tokenize/statistics.ts';
import { stage } from '../../../stages/tokenize/kind.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import { smallCorpus, type SmallCorpus } from './corpus-fixture.ts';

const CORPUS: SmallCorpus = {
  documents: ['The fever rises, the fever falls.', 'Asthma: causes of asthma', 'Zebra ångström 𠮷 ￦ﬀ'],
  queries: [
    ['train', 'What is the fever?', [0], [0, 1]],
    ['test', "What is dengue's cause?", [1], [1, 2, 0]],
    ['train', 'of asthma', [1, 2]],
    ['test', ''],
  ],
};

async function tokenize(corpus: SmallCorpus, params = {}): Promise<KindRun & { tokens: Tokens }> {
  const result = await runKind(stage, { inputs: { corpus: await smallCorpus(corpus) }, params });
  return { ...result, tokens: readTokens(result.artifact.path) };
}

const bytes = (result: KindRun, file: string): string =>
  readFileSync(join(result.artifact.path, file)).toString('base64');

const wordsOf = ({ vocabulary }: Tokens, ragged: Ragged, index: number): string[] =>
  [...row(ragged, index)].map((id) => vocabulary.tokens[id]!);

describe('tokenize', () => {
  it('numbers words by descending count, ties by code point', async () => {
    const { tokens } = await tokenize(CORPUS);
    expect(tokens.vocabulary.tokens.map((word, id) => `${word} ${tokens.vocabulary.counts[id]}`)).toEqual([
      '<pad> 0',
      '<unk> 0',
      ...['asthma 3', 'fever 3', 'the 3', 'of 2'],
      ...['causes 1', 'falls 1', 'ff 1', 'is 1', 'rises 1', 'what 1', 'zebra 1', 'ångström 1', '𠮷 1'],
    ]);
  });

  it('keeps whole documents and queries as ids, with their splits, judgements and candidates', async () => {
    const { tokens } = await tokenize(CORPUS);
    expect(wordsOf(tokens, tokens.documents, 0)).toEqual(['the', 'fever', 'rises', 'the', 'fever', 'falls']);
    expect(wordsOf(tokens, tokens.queries, 0)).toEqual(['what', 'is', 'the', 'fever']);
    expect(row(tokens.queries, 3)).toHaveLength(0);
    expect(tokens.config.splits).toEqual(['train', 'test']);
    expect([...tokens.querySplit]).toEqual([0, 1, 0, 1]);
    expect(tokens.qrels).toEqual({
      query: Uint32Array.of(0, 1, 2, 2),
      document: Uint32Array.of(0, 1, 1, 2),
      relevance: Int32Array.of(1, 1, 1, 1),
    });
    expect(tokens.candidates).toEqual(raggedFrom([[0, 1], [1, 2, 0], [], []]));
  });

  it('makes words of test queries unknown if they are not in the vocabulary', async () => {
    const { tokens } = await tokenize(CORPUS);
    expect(wordsOf(tokens, tokens.queries, 1)).toEqual(['what', 'is', '<unk>', '<unk>', '<unk>']);
  });

  it('does not let test queries affect the vocabulary or any other id', async () => {
    const queries = CORPUS.queries.map(([split, text, ...rest]) =>
      split === 'test'
        ? ([split, `asthma falls zebra ${text} entirely new`, ...rest] as const)
        : ([split, text, ...rest] as const),
    );
    const [before, after] = [await tokenize(CORPUS), await tokenize({ ...CORPUS, queries })];
    expect(bytes(after, 'vocabulary.tsv')).toBe(bytes(before, 'vocabulary.tsv'));
    expect(bytes(after, 'tokenizer.json')).toBe(bytes(before, 'tokenizer.json'));
    expect(after.tokens.documents).toEqual(before.tokens.documents);
    expect(row(after.tokens.queries, 0)).toEqual(row(before.tokens.queries, 0));
  });

  it('counts the queries of other splits on request', async () => {
    const { tokens } = await tokenize(CORPUS, { vocabulary_splits: ['train', 'test'] });
    expect(tokens.vocabulary.tokens).toContain('dengue');
  });

  it('names the splits of the corpus if one is unknown', async () => {
    await expect(tokenize(CORPUS, { vocabulary_splits: ['dev'] })).rejects.toMatchObject({
      code: 'E_INPUT',
      hint: 'The corpus has the splits train, test.',
    });
  });

  it.each([
    [{ min_count: 1 }, 15],
    [{ min_count: 2 }, 6],
    [{ min_count: 3 }, 5],
    [{ min_count: 1, max_vocab: 4 }, 4],
    [{ min_count: 9 }, 2],
  ])('limits the model vocabulary by %j, and keeps all words in the artifact', async (params, known) => {
    const { tokens } = await tokenize(CORPUS, params);
    expect(tokens.config.model_vocabulary).toBe(known);
    expect(tokens.vocabulary.tokens).toHaveLength(15);
    const seen = modelIds(row(tokens.documents, 0), tokens.config, 4);
    expect(Math.max(...seen)).toBeLessThan(Math.max(known, 2));
  });

  it('measures unknown words and text lengths', async () => {
    const result = await tokenize(CORPUS, { max_document_length: 4 });
    const statistics = JSON.parse(
      readFileSync(join(result.artifact.path, 'statistics.json'), 'utf8'),
    ) as TokenStatistics;
    // Known with min_count 2: asthma, fever, the, of.
    expect(statistics.documents).toEqual({
      texts: 3,
      empty: 0,
      words: 14,
      unknown: 7,
      unknown_share: 0.5,
      length: { mean: 14 / 3, p50: 4, p90: 6, p95: 6, p99: 6, max: 6 },
      truncated_share: 1 / 3,
    });
    expect(statistics.queries['test']).toMatchObject({ texts: 2, empty: 1, words: 5, unknown: 5 });
    expect(result.metrics).toMatchObject({ vocabulary: 6, words: 15, 'test.oov': 1, 'train.oov': 2 / 6 });
    expect(result.headline).toBe('vocabulary 6 · OOV 50.0 % (test 100.0 %)');
    expect(result.progress.at(-1)).toEqual({ done: 3, total: 3, unit: 'documents' });
  });

  it('accepts a corpus without queries, and one without words', async () => {
    const { tokens, headline } = await tokenize({ documents: ['—', '…'], queries: [] });
    expect(tokens.vocabulary.tokens).toEqual(['<pad>', '<unk>']);
    expect([...tokens.documents.offsets]).toEqual([0, 0, 0]);
    expect(headline).toBe('vocabulary 2 · OOV 0.0 %');
  });

  it('marks synthetic queries, and nothing in a corpus without any', async () => {
    const corpus = await smallCorpus(CORPUS);
    const tokens = async (): Promise<Tokens> =>
      readTokens((await runKind(stage, { inputs: { corpus } })).artifact.path);
    expect((await tokens()).synthetic).toBeUndefined();
    const database = await openDatabase(join(corpus.path, CORPUS_FILE));
    await database.run('ALTER TABLE queries ADD COLUMN IF NOT EXISTS synthetic BOOLEAN');
    await database.run('UPDATE queries SET synthetic = (query_id = 1)');
    database.close();
    const { synthetic, querySplit } = await tokens();
    expect([...synthetic!]).toEqual(Array.from(querySplit, (_, query) => (query === 1 ? 1 : 0)));
  });

  it('gives the same bytes at any number of threads', async () => {
    const documents = Array.from(
      { length: 5000 },
      (_, id) => `document ${id} of word${id % 97} and rest${id % 7}`,
    );
    const corpus = await smallCorpus({ documents, queries: CORPUS.queries });
    const [one, four] = [
      await runKind(stage, { inputs: { corpus }, threads: 1 }),
      await runKind(stage, { inputs: { corpus }, threads: 4 }),
    ];
    for (const file of ['vocabulary.tsv', 'tokenizer.json', 'statistics.json', 'tokens.safetensors'])
      expect(bytes(four, file)).toBe(bytes(one, file));
  });
});
