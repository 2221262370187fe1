import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRig, type Event, type Rig } from '../helpers/rig.ts';

function rigOf(stages: string): Rig {
  const rig = makeRig();
  rig.write({ 's.yaml': `stages:\n${stages}` });
  return rig;
}

const messages = (events: readonly Event[]): string[] =>
  events.filter(({ type }) => type === 'stage-log').map((event) => String(event['message']));

describe('a timeout', () => {
  it('ends the stage and what it started', async () => {
    const rig = rigOf('  a: { uses: command, timeout: 500ms, with: { run: "sleep 3600 & sleep 3600" } }\n');
    const { code, events } = await rig.run('s.yaml');
    expect(code).toBe(1);
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      code: 'E_TIMEOUT',
      message: 'not finished within its timeout of 0.5 s',
    });
  });

  it('does not affect a stage that is fast enough', async () => {
    const rig = rigOf('  a: { uses: command, timeout: 60s, with: { run: "echo a > $OUTPUT/a" } }\n');
    expect((await rig.run('s.yaml')).stages).toEqual({ a: 'finished' });
  });
});

describe('retries', () => {
  /** Succeeds at the third attempt; counts in a file next to the spec. */
  const FLAKY = 'echo x >> tries; test $(wc -l < tries) -ge 3; echo done > $OUTPUT/o';

  it('execute a failed stage again, with growing pauses', async () => {
    const rig = rigOf(
      `  a: { uses: command, retries: { count: 4, delay: 50ms, factor: 3 }, with: { run: "${FLAKY}" } }\n`,
    );
    const { code, stages, events } = await rig.run('s.yaml');
    expect([code, stages]).toEqual([0, { a: 'finished' }]);
    expect(rig.read('tries')).toBe('x\nx\nx\n');
    expect(messages(events).map((message) => /^attempt . of .|again.*/g.exec(message)?.[0])).toEqual([
      'attempt 1 of 5',
      'attempt 2 of 5',
    ]);
    expect(messages(events).map((message) => message.replace(/.*; /, ''))).toEqual([
      'again in 0.05 s',
      expect.stringMatching(/^again in 0\.15/),
    ]);
  });

  it('end in the last failure', async () => {
    const rig = rigOf(
      '  a: { uses: command, retries: { count: 1, delay: 0 }, with: { run: "echo x >> tries; exit 3" } }\n',
    );
    expect((await rig.run('s.yaml')).code).toBe(1);
    expect(rig.read('tries')).toBe('x\nx\n');
  });
});

describe('resources', () => {
  /** Ends only once the other stage runs too. */
  const MEET = 'touch $PARAM_N; until [ -e a ] && [ -e b ]; do sleep 0.05; done';
  /** Fails where the other stage runs too. */
  const ALONE = 'mkdir busy && sleep 0.4 && rmdir busy';

  async function run(command: string, resources: string, ...args: string[]): Promise<unknown> {
    const rig = rigOf(
      ['a', 'b']
        .map(
          (n) => `  ${n}: { uses: command, ${resources} with: { run: "${command}", params: { n: ${n} } } }\n`,
        )
        .join(''),
    );
    return (await rig.run('s.yaml', '--jobs', '4', '--keep-going', ...args)).stages;
  }

  it.each([
    ['together that ask for nothing', ''],
    ['together that fit together', 'resources: { memory: 500MB },'],
  ])('run stages %s', async (_, resources) => {
    expect(await run(MEET, resources, '--memory', '1GB')).toEqual({ a: 'finished', b: 'finished' });
  });

  it.each([
    ['that both need the GPU', 'resources: { gpu: 1 },'],
    ['that need too much memory together', 'resources: { memory: 600MB },'],
  ])('keep stages apart %s', async (_, resources) => {
    expect(await run(ALONE, resources, '--memory', '1GB')).toEqual({ a: 'finished', b: 'finished' });
  });

  it('say how many threads a stage gets', async () => {
    const rig = rigOf(
      '  a: { uses: command, resources: { threads: 2 }, with: { run: "echo $THREADS > $OUTPUT/n" } }\n  b: { uses: command, with: { run: "echo $THREADS > $OUTPUT/n; :" } }\n',
    );
    const { events } = await rig.run('s.yaml', '--threads', '3');
    const threads = events
      .filter(({ type }) => type === 'stage-finished')
      .map(({ stage, path }) => [stage, readFileSync(join(String(path), 'n'), 'utf8').trim()]);
    expect(Object.fromEntries(threads)).toEqual({ a: '2', b: '3' });
  });
});

describe('a frozen stage', () => {
  const SPEC = (
    frozen: boolean,
  ): string => `  data: { uses: command, with: { run: "cp d.txt $OUTPUT/d", deps: [d.txt] } }
  slow: { uses: command, frozen: ${frozen}, inputs: { data: data }, with: { run: "cat $INPUT_DATA/d > $OUTPUT/s" } }
  last: { uses: command, inputs: { slow: slow }, with: { run: "cat $INPUT_SLOW/s > $OUTPUT/l" } }
`;

  it('keeps its result whatever changes, as do the stages that depend on it', async () => {
    const rig = rigOf(SPEC(false));
    rig.write({ 'd.txt': 'one' });
    await rig.run('s.yaml');
    const before = await rig.digests('s.yaml');
    rig.write({ 's.yaml': `stages:\n${SPEC(true)}`, 'd.txt': 'two' });
    const { stdout } = await rig.pipeline('plan', 's.yaml');
    expect(stdout).toContain('slow  cached · frozen\nlast  cached\n');
    expect((await rig.run('s.yaml')).stages).toEqual({ data: 'finished', slow: 'cached', last: 'cached' });
    expect((await rig.digests('s.yaml'))['last']).toBe(before['last']);
    expect((await rig.run('s.yaml', '--force', 'slow')).stages).toMatchObject({ slow: 'finished' });
  });

  it('runs once if there is no result yet', async () => {
    const rig = rigOf(SPEC(true));
    rig.write({ 'd.txt': 'one' });
    expect((await rig.run('s.yaml')).stages).toEqual({
      data: 'finished',
      slow: 'finished',
      last: 'finished',
    });
    writeFileSync(join(rig.folder, 'd.txt'), 'two');
    expect((await rig.run('s.yaml')).stages).toEqual({ data: 'finished', slow: 'cached', last: 'cached' });
  });
});

describe('a selection of stages', () => {
  const GRID = `  data: { uses: command, with: { run: "echo d > $OUTPUT/d" } }
  model:
    uses: command
    matrix: { m: [1, 2], s: [1, 2] }
    inputs: { data: data }
    with: { run: "echo $PARAM_M $PARAM_S > $OUTPUT/m", params: { m: "\${matrix.m}", s: "\${matrix.s}" } }
  score: { uses: command, inputs: { model: model }, with: { run: "cat $INPUT_MODEL/m > $OUTPUT/s" } }
  all:
    uses: command
    inputs: { scores: [score] }
    with: { run: "IFS=:; for f in $INPUT_SCORES; do cat $f/s; done > $OUTPUT/all" }
`;

  it('is given by names, patterns and values of a matrix', async () => {
    const rig = rigOf(GRID);
    expect((await rig.run('s.yaml', '--until', 'model[m=2]')).stages).toEqual({
      data: 'finished',
      'model[m=2,s=1]': 'finished',
      'model[m=2,s=2]': 'finished',
    });
    const { stages } = await rig.run('s.yaml', '--until', 'mod*', '--until', 'score[m=1,s=1]');
    expect(stages).toMatchObject({ 'model[m=1,s=2]': 'finished', 'score[m=1,s=1]': 'finished' });
    expect(Object.keys(stages)).toHaveLength(6);
    const forced = await rig.run('s.yaml', '--force', 'model[s=1]', '--force', 'data');
    expect(
      Object.entries(forced.stages)
        .filter(([, state]) => state === 'finished')
        .map(([name]) => name)
        .sort(),
    ).toEqual([
      'all',
      'data',
      'model[m=1,s=1]',
      'model[m=2,s=1]',
      'score[m=1,s=2]',
      'score[m=2,s=1]',
      'score[m=2,s=2]',
    ]);
    const found = forced.events.find((event) => event.stage === 'all' && event.type === 'stage-finished');
    expect(readFileSync(join(String(found!['path']), 'all'), 'utf8')).toBe('1 1\n1 2\n2 1\n2 2\n');
  });

  it('executes one instance more when a value is added', async () => {
    const rig = rigOf(GRID);
    await rig.run('s.yaml');
    rig.write({ 's.yaml': `stages:\n${GRID.replace('s: [1, 2]', 's: [2, 1, 3], exclude: { m: 2, s: 3 }')}` });
    const { stages } = await rig.run('s.yaml');
    expect(
      Object.entries(stages)
        .filter(([, state]) => state === 'finished')
        .map(([name]) => name),
    ).toEqual(['model[m=1,s=3]', 'score[m=1,s=3]', 'all']);
    const { stdout } = await rig.pipeline('plan', 's.yaml', '--set', 'model.run="true"');
    expect(stdout).toContain('model[m=1,s=3]  will run · run: ');
  });

  it('is planned in one line if many instances are alike', async () => {
    const rig = rigOf(
      `  a: { uses: command, matrix: { n: [${Array.from({ length: 30 }, (_, i) => i).join(', ')}] }, with: { run: "true", params: { n: "\${matrix.n}" } } }\n`,
    );
    const planned = async (...args: string[]): Promise<string[]> =>
      (await rig.pipeline('plan', 's.yaml', ...args)).stdout.split('\n').slice(0, 2);
    expect((await planned())[0]).toBe('a (30 instances)  will run · has not run before');
    await rig.run('s.yaml', '--only', 'a[n=3]');
    // Told against a sibling, each differs in its own way.
    expect((await planned())[0]).toBe('a[n=0]   will run · params.n: 3 → 0');
  });

  it('continues after a failure with --keep-going', async () => {
    const rig = rigOf(GRID.replace('echo $PARAM_M', 'test $PARAM_M$PARAM_S != 12; echo $PARAM_M'));
    const { code, stages } = await rig.run('s.yaml', '--keep-going');
    expect(code).toBe(1);
    expect(stages).toMatchObject({
      'model[m=1,s=2]': 'failed',
      'score[m=1,s=2]': 'skipped',
      'score[m=2,s=2]': 'finished',
      all: 'skipped',
    });
  });
});
