import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRig, type Rig } from '../helpers/rig.ts';

/** A stage that feeds a "report" with a metric and a per-query file, both from the parameter `gain`. */
const SPEC = `
name: demo
params: { gain: 0 }
stages:
  corpus:
    uses: command
    with: { run: 'seq 1 20 > $OUTPUT/n' }
  report:
    uses: command
    inputs: { corpus: corpus }
    with:
      run: |
        awk -v g=$PARAM_GAIN 'BEGIN { OFS = "\\t"; print "query", "model/rank", "model/mrr@10" }
          { print "q" $1, 1, ($1 % 4) / 8 + g }' $INPUT_CORPUS/n > $OUTPUT/per_query.tsv
        echo "{\\"mrr@10\\": $PARAM_GAIN}" > $OUTPUT/m.json
      params: { gain: "\${params.gain}" }
      metrics: m.json
`;

async function threeRuns(): Promise<Rig> {
  const rig = makeRig();
  rig.write({ 'demo.yaml': SPEC });
  for (const gain of [0, 0.25, 0.5]) await rig.run('demo.yaml', '--set', `params.gain=${gain}`);
  return rig;
}

async function json<T>(rig: Rig, ...args: string[]): Promise<T> {
  const { stdout, stderr, code } = await rig.pipeline(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

interface Runs {
  readonly runs: readonly {
    readonly id: string;
    readonly tags: readonly string[];
    readonly executed: number;
  }[];
}

describe('pipeline runs', () => {
  it('lists what ran, latest first; a run that only repeats the latest leaves no trace', async () => {
    const rig = await threeRuns();
    await rig.run('demo.yaml', '--set', 'params.gain=0.5');
    const { runs } = await json<Runs>(rig, 'runs');
    expect(runs.map(({ executed }) => executed)).toEqual([1, 1, 2]);
    const { stdout } = await rig.pipeline('runs', '--columns', 'spec,outcome,params.gain,report.mrr@10');
    expect(stdout).toBe(
      [
        'spec  outcome  params.gain  report.mrr@10',
        'demo  done             0.5            0.5',
        'demo  done            0.25           0.25',
        'demo  done               0              0',
        '',
      ].join('\n'),
    );
  });

  it('filters, sorts, limits and shows what differs', async () => {
    const rig = await threeRuns();
    const sorted = ['runs', '--sort', 'params.gain', '--columns', 'spec', '--diff'];
    const { stdout } = await rig.pipeline(...sorted, '--where', 'params.gain<0.4', '--since', '1h');
    expect(stdout.trim().split('\n')).toEqual([
      'spec  params.gain  report.params.gain',
      'demo            0                   0',
      'demo         0.25                0.25',
    ]);
    const limited = await rig.pipeline('runs', '--spec', 'demo.yaml', '--limit', '1', '--columns', 'outcome');
    expect([limited.stdout, limited.stderr]).toEqual([
      'outcome\ndone\n',
      '2 more runs; show them with --all or --limit 2\n',
    ]);
    expect((await rig.pipeline('runs', '--outcome', 'failed')).stdout).toBe('no runs\n');
  });

  it('records failed runs with what failed', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': 'stages: { bad: { uses: command, with: { run: exit 3 } } }\n' });
    await rig.run('s.yaml');
    const { stdout } = await rig.pipeline('show', 'latest');
    expect(stdout).toContain('  with:\n    run: exit 3\n');
    expect(stdout).toContain('the command ended with exit code 3: exit 3');
    expect((await json<Runs>(rig, 'runs', '--outcome', 'failed')).runs).toHaveLength(1);
  });

  it('reports an invalid query, store or record', async () => {
    const rig = await threeRuns();
    const wrong = await rig.pipeline('runs', '--columns', 'mrr@10');
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      "error: no run has a field, parameter or metric 'mrr@10'\nhint: Did you mean 'report.mrr@10'?\n",
    ]);
    const nowhere = await rig.pipeline('runs', '--store', 'nowhere');
    expect([nowhere.code, nowhere.stderr]).toEqual([
      2,
      expect.stringContaining('there is no store at') as string,
    ]);
    const folder = join(rig.folder, 'artifacts', 'runs');
    const [record] = readdirSync(folder).filter((name) => name.endsWith('.json'));
    writeFileSync(join(folder, record!), '{"format": 1, "id"');
    const { code, stdout, stderr } = await rig.pipeline('runs', '--columns', 'spec');
    expect([code, stdout]).toEqual([0, 'spec\ndemo\ndemo\n']);
    expect(stderr).toContain(`the record of run ${record!.slice(0, -5)} cannot be read and is left out`);
  });
});

describe('pipeline tag', () => {
  it('gives runs names that every command takes, and notes', async () => {
    const rig = await threeRuns();
    await rig.pipeline('tag', 'latest~2', 'baseline', 'paper', '--note', 'no gain');
    const { runs } = await json<Runs>(rig, 'runs', '--tag', 'baseline');
    expect(runs).toMatchObject([{ tags: ['baseline', 'paper'], note: 'no gain' }]);
    expect((await rig.pipeline('show', 'baseline')).stdout).toContain('no gain');
    await rig.pipeline('tag', 'paper', 'baseline', '--remove');
    expect(await json(rig, 'tag', runs[0]!.id)).toEqual({
      run: runs[0]!.id,
      tags: ['paper'],
      note: 'no gain',
    });
    const bad = await rig.pipeline('tag', 'latest', 'two words');
    expect([bad.code, bad.stderr]).toEqual([
      2,
      expect.stringContaining("'two words' is not a valid tag") as string,
    ]);
  });

  it('says when it cannot be written', async () => {
    const rig = await threeRuns();
    rig.write({ 'artifacts/runs/notes': 'a file where the folder should be' });
    const { code, stderr } = await rig.pipeline('tag', 'latest', 'x');
    expect([code, stderr]).toEqual([1, expect.stringContaining('the tags could not be written') as string]);
  });
});

describe('pipeline compare', () => {
  it('shows what differs, with deltas, and tests the difference over queries', async () => {
    const rig = await threeRuns();
    const { stdout } = await rig.pipeline('compare', 'latest~2', 'latest');
    expect(stdout).toMatch(/^parameters +\S+ +\S+\nparams\.gain +0 +0\.5\nreport\.params\.gain +0 +0\.5\n/);
    expect(stdout).toMatch(/^report\.mrr@10 +0 +0\.5 \(\+0\.5\)$/m);
    expect(stdout).toMatch(/^model\/mrr@10 +0\.1875 +0\.6875 +\+0\.5000 +0\.0001 \*\*\* +20 of 20$/m);
    const { significance } = await json<{ significance: { state: string; tests: { p: number }[] }[] }>(
      rig,
      'compare',
      'latest',
      'latest~1',
      'latest~2',
    );
    expect(significance.map(({ tests }) => tests.map(({ p }) => p))).toEqual([[1 / 10_001], [1 / 10_001]]);
  });

  it('leaves out everything that is equal, unless asked for all', async () => {
    const rig = makeRig();
    const twoMeasures = SPEC.replace('"model/mrr@10" }', '"model/mrr@10", "model/hit@10" }').replace(
      '($1 % 4) / 8 + g }',
      '($1 % 4) / 8 + g, 1 }',
    );
    rig.write({ 'demo.yaml': twoMeasures });
    for (const gain of [0, 0.00001]) await rig.run('demo.yaml', '--set', `params.gain=${gain}`);
    const { stdout } = await rig.pipeline('compare', 'latest~1', 'latest');
    expect(stdout).toMatch(/^report\.mrr@10 +0 +0\.00001 \(\+0\.00001\)$/m);
    expect(stdout).toContain('model/mrr@10');
    expect(stdout).not.toMatch(/hit@10|corpus|environment|metrics: m\.json|report\.metrics/);
    const all = (await rig.pipeline('compare', 'latest~1', 'latest', '--all')).stdout;
    for (const equal of [
      /^model\/hit@10 .* 0 of 20$/m,
      /^corpus +(\w{12}) +\1$/m,
      /^node +/m,
      /^report\.metrics +/m,
    ])
      expect(all).toMatch(equal);
  });

  it('needs two different runs', async () => {
    const rig = await threeRuns();
    const { code, stderr } = await rig.pipeline('compare', 'latest');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('compare needs at least two different runs') as string,
    ]);
  });
});

describe('pipeline sql', () => {
  it('queries runs, params, metrics and stages', async () => {
    const rig = await threeRuns();
    const best = `select p.number as gain, m.number as mrr from params p join metrics m using (run)
      where p.name = 'params.gain' and m.name = 'mrr@10' order by mrr desc`;
    expect(await json(rig, 'sql', best)).toEqual([
      { gain: 0.5, mrr: 0.5 },
      { gain: 0.25, mrr: 0.25 },
      { gain: 0, mrr: 0 },
    ]);
    const csv = await rig.pipeline(
      'sql',
      "select stage, count(*) as made, 'a,\"b\"' as text, null as nothing from stages where state = 'executed' group by 1 order by 1",
      '--csv',
    );
    expect(csv.stdout).toBe(
      'stage,made,text,nothing\r\ncorpus,1,"a,""b""",\r\nreport,3,"a,""b""",\r\n'.trimEnd() + '\n',
    );
    expect(await json(rig, 'sql', 'select count(*)::int as n from runs where tags = []')).toEqual([{ n: 3 }]);
  });

  it('shows where a statement is wrong and which tables there are', async () => {
    const rig = await threeRuns();
    const { code, stderr } = await rig.pipeline('sql', 'select nme from runs');
    expect(code).toBe(2);
    expect(stderr).toContain('"nme" not found');
    expect(stderr).toContain('hint: The tables are runs(id, spec,');
  });
});

describe('help', () => {
  it.each(['runs', 'compare', 'tag', 'sql'])('of %s has an example', async (command) => {
    const { code, stdout } = await makeRig().pipeline(command, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples?:\\n {2}pipeline ${command} `));
  });
});
