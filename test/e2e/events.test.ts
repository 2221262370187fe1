import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { makeRig, type Event, type Rig } from '../helpers/rig.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const schema = JSON.parse(readFileSync(join(root, 'schema', 'events.schema.json'), 'utf8')) as {
  readonly oneOf: readonly { readonly title: string }[];
};
const isLine = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

/** Every line of every run of this file, to see at the end that each kind of event came up. */
const seen = new Set<string>();

/** The events on a run's stdout, each validated against the schema. */
function eventsOf(stdout: string): Event[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const event = JSON.parse(line) as Event;
    expect([event, isLine(event), isLine.errors]).toEqual([event, true, null]);
    expect(event['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    seen.add(event.type);
    return event;
  });
}

async function run(rig: Rig, ...args: string[]): Promise<Event[]> {
  return eventsOf((await rig.pipeline('run', ...args, '--json')).stdout);
}

const SPEC = `
params: { text: one }
stages:
  made:
    uses: command
    with: { run: 'echo said; cp in.txt $OUTPUT/t', deps: [in.txt], params: { text: "\${params.text}" }, metrics: m.json }
  next: { uses: ./kinds/next.js, inputs: { made: made } }
`;
/** Reports progress, logs, warns, and returns metrics of every type. */
const KIND = `
import { writeFileSync } from 'node:fs';
export const stage = {
  description: 'Tells a lot.', parameters: { type: 'object', properties: {} }, output: 'files',
  inputs: { made: { type: 'files', description: 'Any.' } },
  async run({ output, progress, log, warn }) {
    progress({ done: 1, unit: 'rows' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    progress({ done: 2, total: 2, unit: 'rows', note: 'nearly' });
    log('a line'); warn('a warning');
    writeFileSync(output + '/f', 'x');
    return { metrics: { n: 1, s: 'text', b: true, nothing: null }, headline: 'n 1' };
  },
};
`;

function demo(): Rig {
  const rig = makeRig();
  const spec = SPEC.replace(', metrics: m.json', '');
  rig.write({ 's.yaml': spec, 'in.txt': '1\n', 'kinds/next.js': KIND });
  return rig;
}

describe('every line of pipeline run --json fits the schema', () => {
  it('when stages execute, are cached, forced, changed and damaged', async () => {
    const rig = demo();
    const first = await run(rig, 's.yaml');
    expect(first[0]).toMatchObject({ type: 'run-started', format: 1, stages: ['made', 'next'] });
    expect(first.filter(({ type }) => type === 'stage-progress')).toHaveLength(2);
    expect(first.at(-1)).toMatchObject({ type: 'run-finished', outcome: 'done', executed: 2, cached: 0 });
    expect((await run(rig, 's.yaml')).map(({ type }) => type)).toEqual([
      'run-started',
      'stage-cached',
      'stage-cached',
      'run-finished',
    ]);
    await run(rig, 's.yaml', '--force');
    await run(rig, 's.yaml', '--set', 'params.text=two');
    rig.write({ 'in.txt': '2\n', 'kinds/next.js': KIND.replace("'x'", "'y'") });
    const changed = await run(rig, 's.yaml');
    const reasons = changed.filter(({ type }) => type === 'stage-started').map((event) => event['reasons']);
    expect(reasons).toEqual([
      [expect.objectContaining({ type: 'files' })],
      [expect.objectContaining({ type: 'code' }), expect.objectContaining({ type: 'input' })],
    ]);
    const made = changed.find(({ type, stage }) => type === 'stage-finished' && stage === 'next')!;
    rmSync(join(made['path'] as string, 'f'));
    const damaged = (await run(rig, 's.yaml')).find(({ type }) => type === 'stage-started')!;
    expect(damaged['reasons']).toEqual([{ type: 'damaged', why: 'f is missing' }]);
  });

  it('when a stage fails and others cannot follow', async () => {
    const rig = makeRig();
    rig.write({
      's.yaml':
        'stages:\n  bad: { uses: command, with: { run: "echo why >&2; exit 3" } }\n  after: { uses: command, inputs: { bad: bad }, with: { run: "true" } }\n',
    });
    const events = await run(rig, 's.yaml', '--keep-going');
    expect(events.map(({ type }) => type)).toEqual([
      'run-started',
      'stage-started',
      'stage-log',
      'stage-failed',
      'stage-skipped',
      'run-finished',
    ]);
    expect(events[3]).toMatchObject({ code: 'E_COMMAND', output: ['why'] });
  });

  it('when it is interrupted', async () => {
    const rig = makeRig();
    rig.write({
      's.yaml': 'stages: { slow: { uses: command, with: { run: "touch started; sleep 3600" } } }\n',
    });
    const { child, finished } = rig.start('run', 's.yaml', '--json');
    await eventually('the stage', () => existsSync(join(rig.folder, 'started')));
    child.kill('SIGINT');
    const { code, stdout } = await finished;
    expect([code, eventsOf(stdout).at(-1)]).toEqual([
      130,
      expect.objectContaining({ outcome: 'interrupted' }),
    ]);
  });

  it('when another process is making the same artifact', async () => {
    const rig = makeRig();
    const wait = 'touch started; while [ ! -e go ]; do sleep 0.05; done; echo x > $OUTPUT/x';
    rig.write({ 's.yaml': `stages: { slow: { uses: command, with: { run: "${wait}" } } }\n` });
    const first = rig.start('run', 's.yaml', '--json');
    await eventually('the stage', () => existsSync(join(rig.folder, 'started')));
    const second = rig.start('run', 's.yaml', '--json');
    let told = '';
    second.child.stdout!.on('data', (text: string) => (told += text));
    await eventually('the wait', () => told.includes('stage-waiting'));
    rig.write({ go: '' });
    eventsOf((await first.finished).stdout);
    expect(eventsOf((await second.finished).stdout).map(({ type }) => type)).toEqual([
      'run-started',
      'stage-waiting',
      'stage-cached',
      'run-finished',
    ]);
  });

  it('when a stage that has its inputs waits for another to end', async () => {
    const rig = makeRig();
    // Three commands, because stages with the same key are executed once.
    const stage = (name: string, memory: string): string =>
      `{ uses: command, with: { run: 'echo ${name} > $OUTPUT/x' }, resources: { memory: ${memory} } }`;
    const [a, b, c] = [stage('a', '60 MB'), stage('b', '60 MB'), stage('c', '1 MB')];
    rig.write({ 's.yaml': `stages: { a: ${a}, b: ${b}, c: ${c} }\n` });
    const queued = (events: readonly Event[]): unknown[] =>
      events.flatMap(({ type, stage, lacks }) => (type === 'stage-queued' ? [[stage, lacks]] : []));
    expect(queued(await run(rig, 's.yaml', '--jobs', '1'))).toEqual([
      ['b', 'jobs'],
      ['c', 'jobs'],
    ]);
    expect(queued(await run(rig, 's.yaml', '--force', '--jobs', '3', '--memory', '100MB'))).toEqual([
      ['b', 'memory'],
    ]);
  });

  it('when the run is refused', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': 'stages: { a: { uses: comand } }\n' });
    expect(await run(rig, 's.yaml')).toMatchObject([
      { type: 'run-refused', code: 'E_SPEC', diagnostics: [{ line: 1, column: 22, severity: 'error' }] },
    ]);
    expect(await run(rig, 'none.yaml')).toMatchObject([{ type: 'run-refused' }]);
  });

  it('and together these runs had every event', () => {
    expect([...seen].sort()).toEqual([...new Set(schema.oneOf.map(({ title }) => title))]);
  });

  it('and the schema rejects lines that are not events', () => {
    const line = { time: '2026-01-31T00:00:00.000Z', type: 'stage-waiting', stage: 'a', sameAs: null };
    expect(isLine(line)).toBe(true);
    for (const wrong of [
      { ...line, stage: 1 },
      { ...line, type: 'stage-lost' },
      { ...line, more: 1 },
      { type: line.type },
    ])
      expect(isLine(wrong)).toBe(false);
  });
});

describe('docs/EVENTS.md', () => {
  it('describes every event', () => {
    const text = readFileSync(join(root, 'docs', 'EVENTS.md'), 'utf8');
    for (const { title } of schema.oneOf) expect(text).toContain(`\`${title}\``);
  });
});
