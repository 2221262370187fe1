/** The Jobs that `pipeline export --to kubernetes` writes: their words, and that their commands do the work. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { makeRig, type Rig } from '../helpers/rig.ts';

const SPEC = `
name: demo
stages:
  data: { uses: command, with: { run: 'echo 1 > $OUTPUT/a' } }
  model: { uses: command, inputs: { in: data }, with: { run: 'cat $INPUT_IN/a > $OUTPUT/a; echo "$NAME" >> $OUTPUT/a', env: { NAME: one } } }
`;
const SWEEP = `${SPEC}sweep:\n  grid: { model.env.NAME: [one, 'two "words"', "it's three"] }\n`;

interface Document {
  readonly kind: string;
  readonly data?: Record<string, string>;
  readonly spec?: {
    readonly completions?: number;
    readonly template: {
      readonly spec: { readonly containers: readonly [{ readonly command: readonly string[] }] };
    };
  };
}

function documents(rig: Rig, folder: string): Document[] {
  return readdirSync(join(rig.folder, folder))
    .sort()
    .flatMap((name) => parseAllDocuments(rig.read(join(folder, name))).map((one) => one.toJS() as Document));
}

const flags = (rig: Rig): string[] => [
  '--image',
  'registry/demo:1',
  '--remote',
  `file://${rig.folder}/remote`,
];

describe('pipeline export --to kubernetes', () => {
  it('writes a Job for each stage, in the order in which they need each other', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': SPEC });
    const { code, stderr } = await rig.pipeline('export', 's.yaml', '--to', 'kubernetes', ...flags(rig));
    expect(code, stderr).toBe(0);
    expect(readdirSync(join(rig.folder, 's-kubernetes')).sort()).toEqual(['01-data.yaml', '02-model.yaml']);
  });

  it('gives each pod of a sweep its values, whatever characters are in them', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': SWEEP });
    await rig.pipeline('export', 's.yaml', '--to', 'kubernetes', ...flags(rig), '-o', 'jobs');
    const all = documents(rig, 'jobs');
    const job = all.find(({ spec }) => spec?.completions === 3)!;
    const data = all.find((one) => one.kind === 'ConfigMap' && Object.keys(one.data!).length === 3)!.data!;
    // What the pod would see, with a command that shows its arguments.
    const [shell, option, text] = job.spec!.template.spec.containers[0].command;
    const shown = Object.entries(data).map(([index, values]) => {
      rig.write({ [`values/${index}`]: values });
      const script = text!.replace('/sweep/', join(rig.folder, 'values/'));
      const { stdout } = spawnSync(shell!, [option!, script, 'sh', 'printf', '%s\\n'], {
        env: { ...process.env, JOB_COMPLETION_INDEX: index },
        encoding: 'utf8',
      });
      return stdout.split('\n').slice(0, 2);
    });
    expect(shown).toEqual([
      ['--set', 'model.env.NAME="one"'],
      ['--set', 'model.env.NAME="two \\"words\\""'],
      ['--set', 'model.env.NAME="it\'s three"'],
    ]);
  });

  it('needs a remote store and an image', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': SPEC });
    const without = await rig.pipeline('export', 's.yaml', '--to', 'kubernetes', '--image', 'x');
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('remote store') as string });
  });
});

describe('pipeline run --wait', () => {
  it('waits for an input that another process makes', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': SPEC });
    const waiting = rig.start('run', 's.yaml', '--only', 'model', '--wait', '1h');
    await rig.pipeline('run', 's.yaml', '--only', 'data');
    expect((await waiting.finished).code).toBe(0);
    expect(existsSync(join(rig.folder, 'artifacts', 'command'))).toBe(true);
  });

  it('gives up after its time', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': SPEC });
    const { code, stderr } = await rig.pipeline('run', 's.yaml', '--only', 'model', '--wait', '1s');
    expect(code).toBe(2);
    expect(stderr).toContain("'model' needs 'data'");
  });
});
