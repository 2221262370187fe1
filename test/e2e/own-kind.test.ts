import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRig, type Rig } from '../helpers/rig.ts';

const KIND = `
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineStage } from 'two-tower/stage';
import { shout } from './lib/shout.ts';

export const stage = defineStage<{ text: string }>({
  description: 'Shouts.',
  parameters: {
    type: 'object',
    additionalProperties: false,
    required: ['text'],
    properties: { text: { type: 'string', description: 'What to shout.' } },
  },
  inputs: {},
  output: 'files',
  async run({ params, output, log }) {
    log('shouting');
    writeFileSync(join(output, 'x'), shout(params.text));
    return { metrics: { length: params.text.length }, headline: 'loud' };
  },
});
`;
const HELPER = 'export const shout = (text: string): string => text.toUpperCase();\n';
const SPEC = 'name: own\nstages:\n  s: { uses: ./shouter.ts, with: { text: hey } }\n';

function project(): Rig {
  const rig = makeRig();
  rig.write({ 's.yaml': SPEC, 'shouter.ts': KIND, 'lib/shout.ts': HELPER });
  return rig;
}

const state = async (rig: Rig): Promise<string | undefined> => (await rig.run('s.yaml')).stages['s'];

describe("a user's own kind", () => {
  it('runs from its TypeScript source, and is cached like any other', async () => {
    const rig = project();
    const { code, events } = await rig.run('s.yaml');
    expect(code).toBe(0);
    expect(events.find(({ type }) => type === 'stage-finished')).toMatchObject({
      kind: 'shouter',
      headline: 'loud',
      metrics: { length: 3 },
    });
    expect(await state(rig)).toBe('cached');
  });

  it('runs again after an edit to it or to a module that it imports', async () => {
    const rig = project();
    await state(rig);
    rig.write({ 'lib/shout.ts': HELPER.replace('text.toUpperCase()', "text.toUpperCase() + '!'") });
    const { stdout } = await rig.pipeline('plan', 's.yaml');
    expect(stdout).toContain("s  will run · the stage kind's code changed");
    expect(await state(rig)).toBe('finished');
    rig.write({ 'shouter.ts': KIND.replace('shout(params.text)', 'shout(params.text + params.text)') });
    expect(await state(rig)).toBe('finished');
    rig.write({ 'shouter.ts': KIND, 'lib/shout.ts': HELPER });
    expect(await state(rig)).toBe('cached');
  });

  it('does not run again after an edit to a comment, white space or an unrelated file', async () => {
    const rig = project();
    await state(rig);
    rig.write({ 'lib/shout.ts': `// Louder.\n\n${HELPER}`, 'shouter.ts': KIND.replaceAll('  ', '\t') });
    expect(await state(rig)).toBe('cached');
    rig.write({ 'lib/unrelated.ts': 'export const n = 1;\n' });
    expect(await state(rig)).toBe('cached');
  });

  it('has a stack trace that points at its source, when it throws and when it is loaded', async () => {
    const rig = project();
    rig.write({ 'shouter.ts': KIND.replace("log('shouting');", "throw new TypeError('hoarse');") });
    await rig.pipeline('run', 's.yaml');
    const { stdout } = await rig.pipeline('logs', 's.yaml', 's');
    expect(stdout).toContain(`${join(rig.folder, 'shouter.ts')}:18:`);

    rig.write({ 'shouter.ts': `${KIND}\nnull!.shout();\n` });
    const { code, stderr } = await rig.pipeline('plan', 's.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('(at shouter.ts:24:');
  });

  it('runs programs, whose output goes to its log and which get no environment but their own', async () => {
    const rig = project();
    rig.write({
      's.yaml': 'name: own\nstages:\n  s: { uses: ./runner.ts }\n',
      'runner.ts': `
        import { writeFileSync } from 'node:fs';
        import { join } from 'node:path';
        import { defineStage } from 'two-tower/stage';
        export const stage = defineStage({
          description: 'Runs a program.', parameters: { type: 'object' }, inputs: {}, output: 'files',
          async run({ output, project, runProgram }) {
            const args = ['-c', 'echo "hello $NAME$HOME"; exit 4'];
            const end = await runProgram({ program: '/bin/sh', args, cwd: project, env: { NAME: 'you' } });
            writeFileSync(join(output, 'end'), JSON.stringify(end));
            return {};
          },
        });`,
    });
    const { code, events } = await rig.run('s.yaml');
    expect(code).toBe(0);
    expect(events).toContainEqual(expect.objectContaining({ type: 'stage-log', message: 'hello you' }));
    const { path } = events.find(({ type }) => type === 'stage-finished') as unknown as { path: string };
    expect(JSON.parse(readFileSync(join(path, 'end'), 'utf8'))).toEqual({ code: 4, signal: null });
  });

  it('has its parameters checked against its own schema, at their place in the spec', async () => {
    const rig = project();
    rig.write({ 's.yaml': SPEC.replace('text: hey', 'txt: hey') });
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('s.yaml:3:');
    expect(stderr).toContain("'text'");
  });

  it.each([
    [
      'that does not parse',
      { 'shouter.ts': 'export const stage = {{;\n' },
      /shouter\.ts.*cannot be compiled: 1:\d+/,
    ],
    ['without a stage', { 'shouter.ts': 'export const x = 1;\n' }, /does not export a 'stage'/],
    [
      'that imports what is not there',
      { 'lib/shout.ts': "import './gone.ts';\n" },
      /cannot be compiled.*gone\.ts/,
    ],
    [
      'that is not there',
      { 's.yaml': SPEC.replace('shouter', 'whisperer') },
      /whisperer\.ts: there is no such file/,
    ],
  ])('%s is an error of the spec', async (_, files, message) => {
    const rig = project();
    rig.write(files);
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at |internal error/m);
  });
});
