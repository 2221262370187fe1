import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { row } from '../../../src/formats/ragged.ts';
import { extendsVocabulary, readTokens } from '../../../src/formats/tokens.ts';
import { stage } from '../../../stages/tokenize/kind.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import { smallCorpus } from './corpus-fixture.ts';

const earlier = async (params = {}): Promise<KindRun> =>
  runKind(stage, {
    inputs: {
      corpus: await smallCorpus({
        documents: ['The fever rises, the fever falls.', 'Asthma: causes of Asthma'],
        queries: [['train', 'what is the fever']],
      }),
    },
    params: { max_document_length: 5, lowercase: false, ...params },
  });

const other = async (vocabulary: KindRun, documents: readonly string[]): Promise<KindRun> =>
  runKind(stage, {
    inputs: {
      corpus: await smallCorpus({ documents, queries: [['test', 'what causes gout', [0]]] }),
      vocabulary: { ...vocabulary.artifact, stage: 'medical' },
    },
  });

const text = (run: KindRun, file: string): string => readFileSync(join(run.artifact.path, file), 'utf8');

describe('tokenize with the vocabulary of another corpus', () => {
  it('keeps its words with their ids and counts, and adds the new words of documents and queries', async () => {
    const first = await earlier();
    const second = await other(first, ['fever and gout and fever', 'zinc and fever']);
    expect(text(second, 'vocabulary.tsv')).toBe(`${text(first, 'vocabulary.tsv')}and\t3\ngout\t2\nzinc\t1\n`);
    const tokens = readTokens(second.artifact.path);
    const words = [...row(tokens.queries, 0)].map((id) => tokens.vocabulary.tokens[id]);
    expect(words).toEqual(['what', 'causes', 'gout']);
  });

  it('takes normalisation, truncation and the size of the models’ vocabulary from it', async () => {
    const first = readTokens((await earlier()).artifact.path).config;
    const second = readTokens((await other(await earlier(), ['Asthma asthma'])).artifact.path);
    expect(second.config).toEqual({ ...first, splits: ['test'] });
    // Letter case is kept, as in the earlier corpus: `asthma` is a new word.
    expect(second.vocabulary.tokens.at(-2)).toBe('asthma');
  });

  it('can be told apart from any other vocabulary', async () => {
    const [first, unlike] = [await earlier(), await earlier({ lowercase: true })];
    const second = await other(first, ['gout']);
    expect(extendsVocabulary(second.artifact.path, first.artifact.path)).toBe(true);
    expect(extendsVocabulary(second.artifact.path, unlike.artifact.path)).toBe(false);
    expect(extendsVocabulary(first.artifact.path, second.artifact.path)).toBe(false);
  });

  it('says how many words are unknown, and warns if they are many', async () => {
    const first = await earlier({ min_count: 1 });
    const few = await other(first, ['fever falls fever rises fever falls of gout']);
    expect(few.metrics).toMatchObject({ 'documents.oov': 1 / 8, 'test.oov': 1 / 3 });
    expect(few.headline).toBe('vocabulary 12 · OOV 12.5 % (test 33.3 %)');
    expect(few.warnings).toEqual([
      "many words are not in the vocabulary of 'medical': 33.3 % of the test queries",
    ]);
  });
});
