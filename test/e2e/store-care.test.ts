import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { makeRig, type Rig } from '../helpers/rig.ts';

const SPEC = `
name: demo
params: { top: 1 }
stages:
  corpus:
    uses: command
    with: { run: 'seq 1 1000 > $OUTPUT/n' }
  report:
    uses: command
    inputs: { corpus: corpus }
    with:
      run: 'head -n $PARAM_TOP $INPUT_CORPUS/n > $OUTPUT/top'
      params: { top: "\${params.top}" }
`;

/** One corpus, and a report for each of three values. */
async function threeRuns(): Promise<Rig> {
  const rig = makeRig();
  rig.write({ 'demo.yaml': SPEC });
  for (const top of [1, 2, 3]) await rig.run('demo.yaml', '--set', `params.top=${top}`);
  return rig;
}

interface Shown {
  readonly stages: Record<string, { readonly path: string }>;
}

async function pathOf(rig: Rig, stage: string): Promise<string> {
  const { stdout } = await rig.pipeline('show', 'demo.yaml', stage, '--json');
  return (JSON.parse(stdout) as Shown).stages[stage]!.path;
}

interface Collected {
  readonly removed: readonly { readonly what: string; readonly why: string; readonly bytes: number }[];
  readonly kept: { readonly artifacts: number };
}

async function gc(rig: Rig, ...args: string[]): Promise<Collected> {
  const { stdout, stderr, code } = await rig.pipeline('gc', ...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Collected;
}

describe('pipeline verify', () => {
  it('finds a changed byte when sizes are equal, moves the artifact aside, and the next run makes it again', async () => {
    const rig = await threeRuns();
    expect((await rig.pipeline('verify')).stdout).toMatch(/^4 artifacts, 4 files, .*: no damage/);
    const before = await rig.digests('demo.yaml');
    const file = join(await pathOf(rig, 'corpus'), 'n');
    chmodSync(file, 0o644);
    writeFileSync(file, rig.read(file.slice(rig.folder.length + 1)).replace('500', '5O0'));
    const kept = await rig.pipeline('verify', '--keep');
    expect([kept.code, existsSync(file)]).toEqual([1, true]);
    const { code, stdout } = await rig.pipeline('verify');
    expect([code, existsSync(file)]).toEqual([1, false]);
    expect(stdout).toContain('n has other bytes than when it was made');
    expect((await rig.run('demo.yaml')).stages).toEqual({ corpus: 'finished', report: 'cached' });
    expect(await rig.digests('demo.yaml')).toEqual(before);
    expect((await rig.pipeline('verify')).code).toBe(0);
  });

  it('looks at one run, and at the records', async () => {
    const rig = await threeRuns();
    expect((await rig.pipeline('verify', 'latest')).stdout).toMatch(/^2 artifacts/);
    writeFileSync(join(rig.folder, 'artifacts', 'runs', '20260101T000000Z-0000000.json'), '{}');
    const { code, stdout } = await rig.pipeline('verify');
    expect([code, stdout]).toEqual([1, expect.stringContaining('it is not a valid run record') as string]);
  });
});

describe('pipeline gc', () => {
  it('removes nothing that a run refers to, and shows before it removes', async () => {
    const rig = await threeRuns();
    expect(await gc(rig, '--grace', '0')).toMatchObject({ removed: [], kept: { artifacts: 4 } });
    const planned = await gc(rig, '--keep-runs', '1', '--dry-run');
    expect(planned.removed.map(({ bytes }) => bytes)).toEqual(expect.arrayContaining([2, 4]) as number[]);
    expect((await gc(rig, '--grace', '0')).kept.artifacts).toBe(4);
    expect((await gc(rig, '--keep-runs', '1')).kept.artifacts).toBe(2);
    expect((await rig.run('demo.yaml', '--set', 'params.top=3')).stages).toEqual({
      corpus: 'cached',
      report: 'cached',
    });
    expect((await rig.run('demo.yaml', '--set', 'params.top=1')).stages).toEqual({
      corpus: 'cached',
      report: 'finished',
    });
  });

  it('keeps what tagged runs and named specs want', async () => {
    const rig = await threeRuns();
    await rig.pipeline('tag', 'latest~1', 'paper');
    expect((await gc(rig, '--keep-runs', '1', '--spec', 'demo.yaml', '--dry-run')).kept.artifacts).toBe(4);
    expect((await gc(rig, '--keep-runs', '1', '--max-size', '1B', '--dry-run')).kept.artifacts).toBe(3);
  });

  it('forgets runs when asked, and then what only they referred to', async () => {
    const rig = await threeRuns();
    const { removed } = await gc(rig, '--keep-runs', '2', '--forget');
    expect(removed.map(({ what }) => what)).toEqual(['artifact', 'record']);
    const { stdout } = await rig.pipeline('runs', '--columns', 'params.top');
    expect(stdout).toBe('params.top\n         3\n         2\n');
  });

  it('removes what killed runs left once it is old enough', async () => {
    const rig = await threeRuns();
    const runs = join(rig.folder, 'artifacts', 'runs');
    const [first] = readdirSync(runs)
      .filter((name) => name.endsWith('.json'))
      .sort();
    rmSync(join(runs, first!));
    expect((await gc(rig)).removed).toEqual([]);
    expect((await gc(rig, '--grace', '0')).removed).toMatchObject([
      { what: 'artifact', why: 'no run refers to it' },
    ]);
  });

  it('never takes what a running process uses', async () => {
    const rig = makeRig();
    const waiting = SPEC.replace("'head", "'touch reporting; while [ ! -e go ]; do sleep 0.05; done; head");
    rig.write({ 'demo.yaml': waiting });
    const running = rig.start('run', 'demo.yaml', '--json');
    await eventually('the report', () => existsSync(join(rig.folder, 'reporting')));
    // The finished corpus has no run record yet, and the waiting report reads it.
    expect(await gc(rig, '--grace', '0', '--max-size', '1B')).toMatchObject({
      removed: [],
      kept: { artifacts: 1 },
    });
    rig.write({ go: '' });
    expect((await running.finished).code).toBe(0);
    expect((await rig.run('demo.yaml')).stages).toEqual({ corpus: 'cached', report: 'cached' });
  });

  it('and runs at the same time do each other no harm', async () => {
    const rig = makeRig();
    rig.write({ 'demo.yaml': SPEC });
    const runs = new AbortController();
    const collecting = (async (): Promise<number> => {
      let times = 0;
      for (; !runs.signal.aborted; times++)
        expect((await rig.pipeline('gc', '--grace', '0', '--keep-runs', '1', '--max-size', '1B')).code).toBe(
          0,
        );
      return times;
    })();
    const tops = Array.from({ length: 9 }, (_, index) => (index % 3) + 1);
    for (let round = 0; round < tops.length; round += 3) {
      const three = tops
        .slice(round, round + 3)
        .map((top) => rig.run('demo.yaml', '--set', `params.top=${top}`));
      for (const { code } of await Promise.all(three)) expect(code).toBe(0);
    }
    runs.abort();
    expect(await collecting).toBeGreaterThan(0);
    expect((await rig.run('demo.yaml', '--set', 'params.top=2')).code).toBe(0);
    expect((await rig.pipeline('verify')).code).toBe(0);
  });

  it('refuses to guess what an unreadable record refers to', async () => {
    const rig = await threeRuns();
    rig.write({ 'artifacts/runs/20260101T000000Z-0000000.json': '{' });
    const { code, stderr } = await rig.pipeline('gc', '--keep-runs', '1');
    expect([code, stderr]).toEqual([1, expect.stringContaining('so its artifacts are unknown') as string]);
  });

  it('says what it does not understand', async () => {
    const rig = makeRig();
    for (const [args, message] of [
      [['--older-than', '5x'], 'It must be an age, such as 12h'],
      [['--max-size', 'huge'], 'It must be a size, such as 4GB'],
      [['--forget'], '--forget needs --keep-runs'],
    ] as const) {
      const { code, stderr } = await rig.pipeline('gc', ...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message) as string]);
    }
  });
});

describe('help', () => {
  it.each(['verify', 'gc'])('of %s has an example', async (command) => {
    const { stdout } = await makeRig().pipeline(command, '--help');
    expect(stdout).toMatch(new RegExp(`Examples?:\\n {2}pipeline ${command}`));
  });
});
