import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRig, type Rig } from '../helpers/rig.ts';

const KIND = `
import { defineStage } from 'two-tower/stage';
export const stage = defineStage<{ text: string }>({
  description: 'Nothing.',
  parameters: { type: 'object', additionalProperties: false, properties: { text: { type: 'string' } } },
  inputs: {},
  output: 'files',
  run: () => Promise.resolve({}),
});
`;
const GOOD = `stages:
  a: { uses: command, with: { run: 'true', deps: [data.txt] } }
  b: { uses: ./kind.ts, with: { text: hey } }
`;

function project(): Rig {
  const rig = makeRig();
  rmSync(join(rig.folder, 'artifacts'), { recursive: true });
  rig.write({ 'good.yaml': GOOD, 'kind.ts': KIND, 'data.txt': 'x' });
  return rig;
}

describe('pipeline validate', () => {
  it('says how many stages a sound spec has, and makes no store', async () => {
    const rig = project();
    expect(await rig.pipeline('validate', 'good.yaml')).toMatchObject({
      code: 0,
      stdout: 'ok: 2 stages\n',
      stderr: '',
    });
    expect(existsSync(join(rig.folder, 'artifacts'))).toBe(false);
  });

  it('shows what is wrong with a spec, a kind and a path', async () => {
    const rig = project();
    rig.write({
      'names.yaml': GOOD.replace('text: hey', 'txt: hey'),
      'paths.yaml': GOOD.replace('data.txt', 'gone.txt'),
      'kinds.yaml': GOOD.replace('./kind.ts', './none.ts'),
    });
    const { code, stdout, stderr } = await rig.pipeline(
      'validate',
      'good.yaml',
      'names.yaml',
      'paths.yaml',
      'kinds.yaml',
      'missing.yaml',
    );
    expect([code, stdout]).toEqual([2, 'good.yaml: ok: 2 stages\n']);
    expect(stderr).toContain("error: kind has no parameter 'txt'\n --> names.yaml:3:33");
    expect(stderr).toContain('gone.txt\n --> paths.yaml:2:');
    expect(stderr).toContain('none.ts: there is no such file\n --> kinds.yaml:3:');
    expect(stderr).toContain('error: there is no file ');
  });

  it('gives programs the diagnostics as JSON', async () => {
    const rig = project();
    rig.write({ 'bad.yaml': 'stages: { a: { uses: comand } }\n' });
    const { code, stdout, stderr } = await rig.pipeline('validate', 'good.yaml', 'bad.yaml', '--json');
    expect([code, stderr]).toEqual([2, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      specs: [
        { file: 'good.yaml', ok: true, stages: 2, diagnostics: [] },
        {
          file: 'bad.yaml',
          ok: false,
          stages: null,
          diagnostics: [{ severity: 'error', file: join(rig.folder, 'bad.yaml'), line: 1, column: 22 }],
        },
      ],
    });
  });

  it('takes the overrides that a run takes', async () => {
    const rig = project();
    const { code, stderr } = await rig.pipeline('validate', 'good.yaml', '--set', 'b.text=1');
    expect(code).toBe(2);
    expect(stderr).toContain("'text' must be a string");
  });
});
