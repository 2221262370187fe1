/** A sweep over the inputs and the kind of a stage, and what the other commands say of its runs. */
import { expect, it } from 'vitest';
import { makeRig, type Rig } from '../helpers/rig.ts';

const KIND = `export const stage = {
  description: 'Twice as much.',
  parameters: { type: 'object', additionalProperties: false, properties: {} },
  inputs: { data: { type: 'files', description: 'A number.' } },
  output: 'files',
  async run({ inputs, output }) {
    const { readFileSync, writeFileSync } = await import('node:fs');
    writeFileSync(output + '/m', String(2 * readFileSync(inputs.data.path + '/n', 'utf8')));
    return {};
  },
};
`;
const SPEC = `name: tiny
stages:
  small: { uses: command, with: { run: 'echo small >> log; echo 1 > $OUTPUT/n' } }
  large: { uses: command, with: { run: 'echo large >> log; echo 5 > $OUTPUT/n' } }
  model:
    uses: command
    inputs: { data: small }
    with: { run: 'echo model >> log; cp $INPUT_DATA/n $OUTPUT/m' }
  report:
    uses: command
    inputs: { model: model }
    with: { run: 'echo "{\\"score\\": $(cat $INPUT_MODEL/m)}" > $OUTPUT/x.json', metrics: x.json }
`;

function demo(): Rig {
  const rig = makeRig();
  rig.write({ 's.yaml': SPEC, 'double.mjs': KIND, log: '' });
  return rig;
}

it('tries every combination, ranks them, and writes the best as a spec', async () => {
  const rig = demo();
  const set = ['--set', 'model.inputs.data=small,large', '--set', 'model.uses=command,./double.mjs'];
  const { code, stdout, stderr } = await rig.pipeline(
    'sweep',
    's.yaml',
    ...set,
    '--metric',
    'report.score',
    '--write',
    'best.yaml',
  );
  expect(stderr).not.toContain('error');
  expect(code).toBe(0);
  expect(stdout).toMatch(/1 +10 +data=large model\.uses=\.\/double\.mjs/);
  expect(stdout).toMatch(/4 +1 +data=small model\.uses=command/);
  expect(rig.read('log').split('\n').sort().join(' ').trim()).toBe('large model model small');
  expect(rig.read('best.yaml')).toContain('    inputs:\n      data: large\n    uses: ./double.mjs\n');

  const again = await rig.pipeline('run', 'best.yaml');
  expect(again.code).toBe(0);
  expect(again.stdout + again.stderr).toContain('4 cached, 0 executed');

  const { runs } = JSON.parse((await rig.pipeline('runs', '--json')).stdout) as { runs: { id: string }[] };
  const ids = runs.map(({ id }) => id);
  const compared = await rig.pipeline('compare', ...ids.slice(0, 4));
  expect(compared.stdout).toMatch(/kinds and inputs/);
  expect(compared.stdout).toMatch(/model\.inputs\.data .*(small.*large|large.*small)/);
});

it('points at an input that does not exist before anything runs', async () => {
  const rig = demo();
  rig.write({ 's.yaml': `${SPEC}sweep: { grid: { model.inputs.data: [small, lage] } }\n` });
  const { code, stderr } = await rig.pipeline('sweep', 's.yaml');
  expect(code).toBe(2);
  expect(stderr).toContain("there is no stage 'lage'");
  expect(stderr).toContain('s.yaml:13:45');
  expect(rig.read('log')).toBe('');
});
