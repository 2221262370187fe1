import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeRig, type Rig } from '../helpers/rig.ts';

const KIND = (body: string): string => `import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { label } from './label.ts';
export const stage = {
  description: 'Writes a number.',
  parameters: { type: 'object', properties: { n: { type: 'integer', default: 1, description: 'It.' } } },
  inputs: {},
  output: 'files',
  run(context) {
    ${body}
    writeFileSync(join(context.output, 'n.txt'), label(context.params.n));
    return Promise.resolve({});
  },
};
`;

const SPEC = `
stages:
  number: { uses: ./kinds/number.ts, with: { n: 7 } }
  twice:
    uses: command
    inputs: { value: number }
    with: { run: 'cat $INPUT_VALUE/n.txt $INPUT_VALUE/n.txt > $OUTPUT/t.txt', deps: [data] }
`;

function project(): Rig {
  const rig = makeRig();
  rig.write({
    's.yaml': SPEC,
    'kinds/number.ts': KIND(''),
    'kinds/label.ts': 'export const label = (n: number): string => `n=${n}\\n`;\n',
    'data/a.txt': 'a',
    'data/b.txt': 'b',
  });
  return rig;
}

async function plan(rig: Rig, ...args: string[]): Promise<string[]> {
  const { stdout, stderr } = await rig.pipeline('plan', 's.yaml', ...args);
  if (stdout === '') throw new Error(stderr);
  return stdout.split('\n').filter((line) => /^(number|twice)/.test(line));
}

describe('why a stage runs', () => {
  it('is the files that were changed, added and removed', async () => {
    const rig = project();
    await rig.run('s.yaml');
    rig.write({ 'data/b.txt': 'B', 'data/c.txt': 'c' });
    rmSync(`${rig.folder}/data/a.txt`);
    expect(await plan(rig)).toEqual([
      'number  cached',
      'twice   will run · deps.0: a.txt removed, b.txt changed, c.txt added',
    ]);
  });

  it('is the source file in which the code of its kind changed, and no comment', async () => {
    const rig = project();
    await rig.run('s.yaml');
    rig.write({ 'kinds/label.ts': '// why\nexport const label = (n: number): string => `n=${n}\\n`;\n' });
    expect((await plan(rig))[0]).toBe('number  cached');
    rig.write({ 'kinds/label.ts': 'export const label = (n: number): string => `N=${n}\\n`;\n' });
    expect(await plan(rig)).toEqual([
      "number  will run · the stage kind's code changed in label.ts",
      'twice   may be skipped · will run unless number comes out unchanged',
    ]);
  });

  it('is given against the nearest earlier execution, not only the latest', async () => {
    const rig = project();
    await rig.run('s.yaml');
    await rig.run('s.yaml', '--set', 'number.n=9', '--set', 'twice.env={A: x, B: y}');
    expect(await plan(rig, '--set', 'twice.env={A: x}')).toEqual([
      'number  cached',
      'twice   will run · env.A: null → "x"',
    ]);
  });

  it('is what differs in any case, if an input is still to be made', async () => {
    const rig = project();
    await rig.run('s.yaml');
    expect(await plan(rig, '--set', 'number.n=8', '--set', 'twice.env={A: x}')).toEqual([
      'number  will run · n: 7 → 8',
      'twice   waits for number · env.A: null → "x"',
    ]);
  });

  it('names the stage behind a changed input', async () => {
    const rig = project();
    await rig.run('s.yaml');
    await rig.run('s.yaml', '--set', 'number.n=8', '--only', 'number');
    expect(await plan(rig, '--set', 'number.n=8')).toEqual([
      'number  cached',
      'twice   will run · input value changed (number)',
    ]);
  });

  it('is there for programs too', async () => {
    const rig = project();
    await rig.run('s.yaml');
    const { stdout } = await rig.pipeline('plan', 's.yaml', '--set', 'number.n=8', '--json');
    const { stages } = JSON.parse(stdout) as { stages: Record<string, unknown> };
    expect(stages).toMatchObject({
      number: { state: 'run', reasons: [{ type: 'parameter', name: 'n', before: 7, after: 8 }] },
      twice: { state: 'waiting', upstream: ['number'], reasons: [] },
    });
  });

  it('is given against any requested past run', async () => {
    const rig = project();
    const first = await rig.run('s.yaml');
    await rig.run('s.yaml', '--set', 'number.n=8');
    const id = String(first.events[0]!['run']);
    expect(await plan(rig, '--diff', 'last')).toEqual([
      'number  n: 8 → 7',
      'twice   input value changed (number)',
    ]);
    expect(await plan(rig, '--diff', id)).toEqual(['number  the same', 'twice   the same']);
    expect((await rig.pipeline('tag', id, 'seven')).code).toBe(0);
    expect(await plan(rig, '--diff', 'seven')).toEqual(['number  the same', 'twice   the same']);
    const unknown = await rig.pipeline('plan', 's.yaml', '--diff', 'nine');
    expect([unknown.code, unknown.stderr.split('\n')[0]]).toEqual([2, "error: there is no run 'nine'"]);
  });

  it('is that the artifact is gone, if the store lost it', async () => {
    const rig = project();
    await rig.run('s.yaml');
    rmSync(`${rig.folder}/artifacts/number`, { recursive: true, force: true });
    expect((await plan(rig))[0]).toBe('number  will run · its artifact is no longer in the store');
  });
});

describe('accepting a change of code', () => {
  it('keeps the result, and says so in the plan', async () => {
    const rig = project();
    await rig.run('s.yaml');
    const before = await rig.digests('s.yaml');
    rig.write({ 'kinds/number.ts': KIND('const unused = 1; void unused;') });
    const accepted = await rig.pipeline('accept', 's.yaml', 'number');
    expect(accepted.stdout).toBe("number  accepted although the stage kind's code changed in number.ts\n");
    expect(await plan(rig)).toEqual([
      "number  cached · accepted although the stage kind's code changed in number.ts",
      'twice   cached',
    ]);
    expect(await plan(rig, '--diff', 'last')).toEqual(['number  the same', 'twice   the same']);
    expect((await rig.run('s.yaml')).stages).toEqual({ number: 'cached', twice: 'cached' });
    expect(await rig.digests('s.yaml')).toEqual(before);
  });

  it('holds across further changes, one acceptance each', async () => {
    const rig = project();
    await rig.run('s.yaml');
    for (const n of [1, 2]) {
      rig.write({ 'kinds/number.ts': KIND(`void ${n};`) });
      expect((await rig.pipeline('accept', 's.yaml', 'num*')).code).toBe(0);
      expect((await rig.run('s.yaml')).stages).toEqual({ number: 'cached', twice: 'cached' });
    }
  });

  it('is refused if more than code differs, or there is no result to keep', async () => {
    const rig = project();
    const never = await rig.pipeline('accept', 's.yaml', 'number');
    expect([never.code, never.stderr.split('\n')[0]]).toEqual([
      2,
      "error: 'number' cannot be accepted: has not run before",
    ]);
    await rig.run('s.yaml');
    const other = await rig.pipeline('accept', 's.yaml', 'number', '--set', 'number.n=8');
    expect([other.code, other.stderr.split('\n')[0]]).toEqual([
      2,
      "error: 'number' cannot be accepted: n: 7 → 8",
    ]);
    const idle = await rig.pipeline('accept', 's.yaml', 'twice');
    expect(idle.stdout).toBe('twice  already cached\n');
  });
});
