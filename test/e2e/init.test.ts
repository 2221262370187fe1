import { describe, expect, it } from 'vitest';
import { dirname, join, resolve } from 'node:path';
import { COMMAND, makeRig } from '../helpers/rig.ts';

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

/** Articles in a made-up language, each with names of its own. */
const articles = (count: number): { id: number; title: string; text: string }[] => {
  const syllables = ['ba', 'ke', 'lo', 'mi', 'nu', 'ra', 'si', 'to', 'vu', 'ze'];
  const word = (number: number): string =>
    Array.from(String(number * 7919).padStart(4, '3'))
      .map((digit) => syllables[Number(digit)])
      .join('');
  return Array.from({ length: count }, (_, i) => {
    const [name, place, common] = [word(3 * i + 500), word(3 * i + 501), word(i % 7)];
    const text =
      `${name} ${common} kelomi ${place} sinu. Raba ${place} ${word(i % 11)} tovu ${name} ${word(3 * i + 502)}. ` +
      `Zemi ${word(3 * i + 502)} ${word(i % 13)} lora ${name} basi ${place}.`;
    return { id: i, title: name, text };
  });
};

const faq = (count: number): string =>
  `question,answer\n${articles(count)
    .map(({ title, text }) => `tovu kelomi ${title}?,${text}\n`)
    .join('')}`;

/** The path in a spec's first line. */
function schemaOf(text: string): string {
  return /^# yaml-language-server: \$schema=(.*)\n/.exec(text)![1]!;
}

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

  it('tells editors where the schema is, by a path from the spec that leads to it', async () => {
    const rig = makeRig();
    const clone = join(dirname(dirname(COMMAND)), 'schema', 'pipeline.schema.json');
    await rig.pipeline('init', 'own.yaml');
    expect(resolve(rig.folder, schemaOf(rig.read('own.yaml')))).toBe(clone);
    // As npm installs it.
    rig.write({ 'node_modules/two-tower/schema/pipeline.schema.json': '{}', 'specs/README': '' });
    await rig.pipeline('init', 'specs/own.yaml');
    expect(schemaOf(rig.read('specs/own.yaml'))).toBe(
      '../node_modules/two-tower/schema/pipeline.schema.json',
    );
  });

  it('tells git to leave the artifacts out, and keeps what a .gitignore says', async () => {
    const rig = makeRig();
    expect((await rig.pipeline('init', 'one.yaml')).stdout).toContain('Added artifacts/ to .gitignore.');
    expect(rig.read('.gitignore')).toBe('artifacts/\n');
    const second = await rig.pipeline('init', 'two.yaml');
    expect(second.stdout).not.toContain('.gitignore');
    expect(rig.read('.gitignore')).toBe('artifacts/\n');
    rig.write({ '.gitignore': 'node_modules' });
    await rig.pipeline('init', 'three.yaml');
    expect(rig.read('.gitignore')).toBe('node_modules\nartifacts/\n');
    rig.write({ '.gitignore': '/artifacts\n' });
    await rig.pipeline('init', 'four.yaml');
    expect(rig.read('.gitignore')).toBe('/artifacts\n');
  });

  it('never overwrites a file', async () => {
    const rig = makeRig();
    rig.write({ 'mine.yaml': 'name: mine\n' });
    const { code, stderr } = await rig.pipeline('init', 'mine.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('mine.yaml already exists');
    expect(rig.read('mine.yaml')).toBe('name: mine\n');
  });

  it('--from looks at a table, a BEIR folder and documents alone, and writes specs that plan', async () => {
    const rig = makeRig();
    rig.write({ ...DATA, 'faq.csv': faq(300), 'documents.jsonl': lines(articles(20)) });
    const table = await rig.pipeline('init', 'faq.yaml', '--from', 'faq.csv');
    expect(table.stdout).toContain(
      'Found csv: 300 documents, 300 training questions, one split (train), not English, or not prose.',
    );
    expect(table.stdout).toContain('Wrote faq.yaml. Run: pipeline run faq.yaml');
    const beir = await rig.pipeline('init', 'beir.yaml', '--from', 'data');
    expect(beir.stdout).toContain(
      'Found beir: 3 documents, 1 training questions, splits (test, train, validation)',
    );
    const alone = await rig.pipeline('init', 'alone.yaml', '--from', 'documents.jsonl');
    expect(alone.stdout).toContain('Training queries are made from the documents');
    for (const spec of ['faq.yaml', 'beir.yaml', 'alone.yaml']) {
      const { code, stderr } = await rig.pipeline('plan', spec);
      expect([spec, stderr, code]).toEqual([spec, '', 0]);
    }
    const { code, stdout, stderr } = await rig.pipeline('run', 'faq.yaml');
    expect([stderr.includes('✖'), code]).toEqual([false, 0]);
    expect(stdout + stderr).toContain('report');
  });

  it('--from data that are not there writes nothing', async () => {
    const rig = makeRig();
    const { code, stderr } = await rig.pipeline('init', 'x.yaml', '--from', 'missing.csv');
    expect(code).not.toBe(0);
    expect(stderr).toContain('missing.csv does not exist');
  });
});
