import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRig, type Rig } from '../helpers/rig.ts';

const SPEC = `
stages:
  words:  { uses: command, with: { run: "sort words.txt > $OUTPUT/sorted", deps: [words.txt] } }
  count:
    uses: command
    matrix: { n: [1, 2] }
    inputs: { words: words }
    with: { run: "head -n $PARAM_N $INPUT_WORDS/sorted > $OUTPUT/first", params: { n: '\${matrix.n}', by: 3 } }
  all:    { uses: command, inputs: { counts: [count] }, with: { run: "cat $(echo $INPUT_COUNTS | sed 's/[^:]*/&\\\\/first/g; s/:/ /g') > $OUTPUT/all" } }
`;

/** A stage whose bytes are another time's, so that no two executions agree. */
const CLOCK = `
stages:
  first: { uses: command, with: { run: "echo one > $OUTPUT/o" } }
  clock: { uses: command, inputs: { first: first }, with: { run: "date +%s%N > $OUTPUT/o" } }
  after: { uses: command, inputs: { clock: clock }, with: { run: "cat $INPUT_CLOCK/o > $OUTPUT/o" } }
`;

async function lockedRig(spec = SPEC): Promise<Rig> {
  const rig = makeRig();
  rig.write({ 's.yaml': spec, 'words.txt': 'b\na\nc\n' });
  expect((await rig.pipeline('run', 's.yaml')).code).toBe(0);
  const { code, stdout, stderr } = await rig.pipeline('lock', 's.yaml');
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('s.lock.yaml written');
  return rig;
}

function emptyStore(rig: Rig): void {
  rmSync(join(rig.folder, 'artifacts'), { recursive: true });
  rig.write({ 'artifacts/.keep': '' });
}

describe('pipeline lock', () => {
  it('writes one block for each stage, sorted by name, instances of a matrix among them', async () => {
    const rig = await lockedRig();
    const names = [...rig.read('s.lock.yaml').matchAll(/^ {2}(\S.*):$/gm)].map(([, name]) => name);
    expect(names).toEqual(['all', 'count[n=1]', 'count[n=2]', 'words']);
    const digests = await rig.digests('s.yaml');
    for (const digest of Object.values(digests)) expect(rig.read('s.lock.yaml')).toContain(digest);
  });

  it('contains no text of the parameters, which may be secrets', async () => {
    const rig = await lockedRig(`
stages:
  only: { uses: command, with: { run: "echo > $OUTPUT/o", env: { TOKEN: hunter2 } } }
`);
    expect(rig.read('s.lock.yaml')).toMatch(/TOKEN: sha256:/);
    expect(rig.read('s.lock.yaml')).not.toContain('hunter2');
  });

  it('says to run first where a stage is not made yet', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': SPEC, 'words.txt': 'b\n' });
    const { code, stderr } = await rig.pipeline('lock', 's.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain('no current result to lock');
    expect(stderr).toContain('pipeline run s.yaml');
    expect(existsSync(join(rig.folder, 's.lock.yaml'))).toBe(false);
  });

  it('leaves a lock that is up to date as it is', async () => {
    const rig = await lockedRig();
    const before = rig.read('s.lock.yaml');
    expect((await rig.pipeline('lock', 's.yaml')).stdout).toContain('is up to date');
    expect(rig.read('s.lock.yaml')).toBe(before);
  });

  it('--check fails where bytes differ or stages come and go, and writes nothing', async () => {
    const rig = await lockedRig();
    const before = rig.read('s.lock.yaml');
    expect((await rig.pipeline('lock', 's.yaml', '--check')).code).toBe(0);
    rig.write({ 'words.txt': 'z\na\n', 's.yaml': SPEC.replace('all:', 'every:') });
    expect((await rig.pipeline('run', 's.yaml')).code).toBe(0);
    const { code, stdout } = await rig.pipeline('lock', 's.yaml', '--check');
    expect(code).toBe(1);
    expect(stdout).toContain('words  other bytes: its key differs too: deps.0: words.txt changed');
    expect(stdout).toContain('every  not in the lock');
    expect(stdout).toContain('all  no longer in the spec');
    expect(rig.read('s.lock.yaml')).toBe(before);
  });
});

describe('pipeline run --locked', () => {
  it('passes in an empty store where every stage gives the locked bytes', async () => {
    const rig = await lockedRig();
    emptyStore(rig);
    const { code, stderr } = await rig.pipeline('run', 's.yaml', '--locked', '--threads', '1');
    expect(code).toBe(0);
    expect(stderr).toContain('locked: 4 stages have the bytes of s.lock.yaml');
  });

  it('stops at the first stage with other bytes and names the parameter that differs', async () => {
    const rig = await lockedRig(SPEC.replace('head -n $PARAM_N', 'head -n $((PARAM_N + PARAM_BY - 3))'));
    const { code, stages, events } = await rig.run('s.yaml', '--locked', '--set', 'count.params.by=4');
    expect(code).toBe(1);
    expect(stages).toMatchObject({ words: 'cached', 'count[n=1]': 'failed', all: 'skipped' });
    const failed = events.find(({ type }) => type === 'stage-failed')!;
    expect(failed['code']).toBe('E_LOCKED');
    expect(failed['message']).toContain('params.by: 3 → 4');
  });

  it('holds a run with --set to the lock that was written with it', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': SPEC, 'words.txt': 'b\na\nc\n' });
    const set = ['--set', 'count.params.by=4'];
    expect((await rig.pipeline('run', 's.yaml', ...set)).code).toBe(0);
    expect((await rig.pipeline('lock', 's.yaml', ...set)).code).toBe(0);
    emptyStore(rig);
    expect((await rig.pipeline('run', 's.yaml', '--locked', ...set)).code).toBe(0);
  });

  it('says "same key, different bytes" of a stage that is not reproducible, and on which platform', async () => {
    const rig = await lockedRig(CLOCK);
    emptyStore(rig);
    const { code, stderr } = await rig.pipeline('run', 's.yaml', '--locked');
    expect(code).toBe(1);
    expect(stderr).toContain('clock: other bytes than in s.lock.yaml');
    expect(stderr).toContain('same key, different bytes');
    expect(stderr).toContain(`${process.platform}-${process.arch}, Node ${process.version}`);
    expect(stderr).toContain('after  not run');
  });

  it('finds other bytes in a cached stage too', async () => {
    const rig = await lockedRig(CLOCK);
    await rig.pipeline('run', 's.yaml', '--force', 'clock');
    const { stages } = await rig.run('s.yaml', '--locked');
    expect(stages).toEqual({ first: 'cached', clock: 'failed', after: 'skipped' });
  });

  it('reports another key with the same bytes and does not fail', async () => {
    const rig = await lockedRig();
    const { code, stderr } = await rig.pipeline('run', 's.yaml', '--locked', '--set', 'count.params.by=4');
    expect(code).toBe(0);
    expect(stderr).toContain('count[n=1]: same bytes under another key: params.by: 3 → 4');
  });

  it('is refused without a lock, with a damaged one, and where a stage is missing in it', async () => {
    const rig = await lockedRig();
    const lock = rig.read('s.lock.yaml');
    rig.write({ 's.yaml': `${SPEC}  more: { uses: command, with: { run: "echo > $OUTPUT/o" } }\n` });
    const missing = await rig.pipeline('run', 's.yaml', '--locked');
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("s.lock.yaml does not have the stage 'more'");
    expect((await rig.pipeline('run', 's.yaml', '--locked', '--only', 'words')).code).toBe(0);
    rig.write({ 's.yaml': SPEC, 's.lock.yaml': `<<<<<<< ours\n${lock}` });
    const damaged = await rig.pipeline('run', 's.yaml', '--locked');
    expect(damaged.code).toBe(2);
    expect(damaged.stderr).toContain('merge conflict');
    rmSync(join(rig.folder, 's.lock.yaml'));
    const none = await rig.pipeline('run', 's.yaml', '--locked');
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('there is no s.lock.yaml');
  });
});
