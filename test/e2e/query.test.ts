import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMAND, makeRig, type Rig } from '../helpers/rig.ts';
import { answersIn, topOfRun } from '../helpers/ranked-answers.ts';

const SMALL = join(import.meta.dirname, '..', '..', 'pipelines', 'small.yaml');
const QUESTION = 'garden at night';

interface Line {
  readonly id?: string;
  readonly query: string;
  readonly method: string;
  readonly results: readonly { readonly rank: number; readonly doc_id: string; readonly text: string }[];
  readonly unknown_words: readonly string[];
  readonly error?: { readonly code: string };
}

describe('pipeline query', () => {
  const store = mkdtempSync(join(tmpdir(), 'pipeline-test-'));
  // One run for all tests.
  beforeAll(() => {
    execFileSync(process.execPath, [COMMAND, 'run', SMALL, '--store', store], { stdio: 'ignore' });
  });
  afterAll(() => {
    rmSync(store, { recursive: true, force: true });
  });
  const query = (...args: string[]): ReturnType<Rig['pipeline']> => queryIn(makeRig(), ...args);
  const queryIn = (rig: Rig, ...args: string[]): ReturnType<Rig['pipeline']> =>
    rig.pipeline('query', ...args, '--store', store);
  const artifactOf = (stage: string): string => {
    const [record] = readdirSync(join(store, 'runs')).filter((name) => name.endsWith('.json'));
    const { stages } = JSON.parse(readFileSync(join(store, 'runs', record!), 'utf8')) as {
      stages: Record<string, { readonly kind: string; readonly key: string }>;
    };
    return join(store, stages[stage]!.kind, stages[stage]!.key);
  };
  /** `id<TAB>question` lines of the queries that the report evaluates, in its order. */
  const testQuestions = (): string => {
    const evaluated = readFileSync(join(artifactOf('report[cell=gru]'), 'runs', 'fused.trec'), 'utf8');
    const ids = new Set(evaluated.split('\n').map((line) => line.split(' ')[0]));
    const texts = new Map(
      readFileSync(join(artifactOf('files'), 'queries.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { _id: string; text: string })
        .map(({ _id, text }) => [_id, text]),
    );
    return [...ids].map((id) => (texts.has(id!) ? `${id!}\t${texts.get(id!)!}\n` : '')).join('');
  };
  const lines = (text: string): Line[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);

  it('answers alike from the spec, its run, an archive and the folder of an archive', async () => {
    const rig = makeRig();
    mkdirSync(join(rig.folder, 'unpacked'));
    await rig.pipeline('export', 'latest', '--output', 'small.tar', '--store', store);
    execFileSync('tar', ['-xf', 'small.tar', '-C', 'unpacked'], { cwd: rig.folder });
    const outputs = [];
    for (const source of [SMALL, 'latest', 'small.tar', 'unpacked'])
      outputs.push((await queryIn(rig, source, QUESTION, '--model', '--json')).stdout);
    expect(JSON.parse(outputs[0]!)).toMatchObject({ query: QUESTION, method: 'model' });
    expect((JSON.parse(outputs[0]!) as Line).results).toHaveLength(5);
    expect(new Set(outputs).size).toBe(1);
  });

  it('says in the first line which of model, BM25 and their fusion answers', async () => {
    const header = async (...args: string[]): Promise<string | undefined> =>
      (await query('latest', QUESTION, ...args)).stdout.split('\n')[0];
    expect(await header('--model')).toBe('model · exact search · 60 documents of small');
    expect(await header('--bm25')).toBe('BM25 · 60 documents of small');
    const fusion = 'convex fusion, model 0.5 and BM25 0.5, chosen on 10 queries of validation';
    for (const options of [[], ['--hybrid']])
      expect(await header(...options)).toBe(`hybrid: ${fusion} · exact search · 60 documents of small`);
  });

  it.each(['gru', 'lstm'])('answers test questions as the report measured the fusion (%s)', async (cell) => {
    const rig = makeRig();
    rig.write({ 'questions.tsv': testQuestions() });
    const args = ['--file', 'questions.tsv', '--index', `index[cell=${cell}]`, '--tsv'];
    const { stdout } = await queryIn(rig, 'latest', ...args);
    const run = readFileSync(join(artifactOf(`report[cell=${cell}]`), 'runs', 'fused.trec'), 'utf8');
    const answers = answersIn(stdout);
    const measured = topOfRun(run, 5);
    expect(measured).toHaveLength(50);
    expect(answers).toEqual(measured);
  });

  it('answers each line of a file, and goes on after one without a known word', async () => {
    const rig = makeRig();
    rig.write({ 'questions.tsv': `a\t${QUESTION}\nb\txylophone\n\nthe owl\n` });
    const { code, stdout } = await queryIn(rig, 'latest', '--file', 'questions.tsv', '--model', '--json');
    expect(lines(stdout).map(({ id, query, error }) => [id, query, error?.code])).toEqual([
      ['a', QUESTION, undefined],
      ['b', 'xylophone', 'E_INPUT'],
      ['4', 'the owl', undefined],
    ]);
    expect(code).toBe(1);
  });

  it('writes rows of tab-separated values, and never more than there are documents', async () => {
    const { stdout } = await query('latest', QUESTION, '--model', '--tsv', '--top', '1000');
    const rows = stdout.trimEnd().split('\n');
    expect(rows[0]).toBe('query\trank\tdoc_id\tscore\ttext');
    expect(rows).toHaveLength(61);
    expect(rows[1]!.split('\t').slice(0, 2)).toEqual([QUESTION, '1']);
  });

  it.each([
    ['', 'the question is empty'],
    ['?!', 'the question has no words'],
    ['xylophone', "neither the model nor any document knows a word of the question: 'xylophone'"],
  ])('exits with 1 and the reason for the question %j', async (question, reason) => {
    const { code, stdout, stderr } = await query('latest', question);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(reason);
  });

  it('says which words the model does not know', async () => {
    const { stderr, code } = await query('latest', `${QUESTION} xylophone`, '--model');
    expect(stderr).toBe("The model does not know 'xylophone'.\n");
    expect(code).toBe(0);
  });

  it('refuses what contradicts itself', async () => {
    const refused = async (...args: string[]): Promise<[number | null, string]> => {
      const { code, stderr } = await query(...args);
      return [code, stderr.split('\n')[0]!];
    };
    expect(await refused('latest', 'x', '--bm25', '--model')).toEqual([
      2,
      'error: --model and --bm25 exclude each other',
    ]);
    expect(await refused('latest', 'x', '--set', 'a.b=1')).toEqual([
      2,
      'error: --set and --params change a spec, and latest is none',
    ]);
    expect(await refused('missing.tar.gz', 'x')).toEqual([2, 'error: there is no file missing.tar.gz']);
  });
});
