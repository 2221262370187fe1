import { describe, expect, it } from 'vitest';
import { makeRig } from '../helpers/rig.ts';

const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const DATA = {
  'data/corpus.jsonl': lines([
    { _id: 'd1', title: '', text: 'Cats purr when they are content.' },
    { _id: 'd2', title: '', text: 'Dogs bark at strangers.' },
    { _id: 'd3', title: '', text: 'Bees dance to tell where flowers are.' },
  ]),
  'data/queries.jsonl': lines([
    { _id: 'q1', text: 'why do cats purr' },
    { _id: 'q2', text: 'why do dogs bark' },
    { _id: 'q3', text: 'why do bees dance' },
  ]),
  'data/qrels/train.tsv': 'query-id\tcorpus-id\tscore\nq1\td1\t1\n',
  'data/qrels/dev.tsv': 'query-id\tcorpus-id\tscore\nq2\td2\t1\n',
  'data/qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq3\td3\t1\n',
};

describe('pipeline init', () => {
  it('writes a spec that runs on data in the BEIR layout', async () => {
    const rig = makeRig();
    rig.write(DATA);
    expect((await rig.pipeline('init')).stdout).toContain('Wrote experiment.yaml.');
    const { code, stdout, stderr } = await rig.pipeline('plan', 'experiment.yaml');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('corpus      will run · has not run before');
  });

  it('never overwrites a file', async () => {
    const rig = makeRig();
    rig.write({ 'mine.yaml': 'name: mine\n' });
    const { code, stderr } = await rig.pipeline('init', 'mine.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('mine.yaml already exists');
    expect(rig.read('mine.yaml')).toBe('name: mine\n');
  });
});
