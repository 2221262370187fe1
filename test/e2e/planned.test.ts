import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeRig, type Rig } from '../helpers/rig.ts';

/** Stage i has earlier stages as inputs. Its output depends on half its parameter, so half of the edits change nothing. */
interface Stage {
  readonly inputs: readonly number[];
  readonly parameter: number;
  readonly file: 'a' | 'b' | null;
}

type Edit =
  | { readonly stage: number; readonly parameter: number }
  | { readonly file: 'a' | 'b'; readonly content: number };

const STAGES = 5;

const stage: fc.Arbitrary<Stage> = fc.record({
  inputs: fc.uniqueArray(fc.nat(STAGES - 1), { maxLength: 2 }),
  parameter: fc.nat(3),
  file: fc.constantFrom('a', 'b', null),
});

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ stage: fc.nat(STAGES - 1), parameter: fc.nat(3) }),
  fc.record({ file: fc.constantFrom('a' as const, 'b' as const), content: fc.nat(2) }),
);

function yamlOf(stages: readonly Stage[]): string {
  const lines = stages.map(({ inputs, parameter, file }, index) => {
    const upstream = inputs.filter((input) => input < index);
    const reads = [
      ...upstream.map((input) => `$INPUT_S${input}/o`),
      ...(file === null ? [] : [`${file}.txt`]),
      '/dev/null',
    ].join(' ');
    const slots = upstream.map((input) => `s${input}: s${input}`).join(', ');
    const deps = file === null ? '' : `, deps: [${file}.txt]`;
    return `  s${index}: { uses: command, inputs: { ${slots} }, with: { run: "cat ${reads} > $OUTPUT/o; echo $((PARAM_P / 2)) >> $OUTPUT/o", params: { p: ${parameter}, i: ${index} }${deps} } }`;
  });
  return `stages:\n${lines.join('\n')}\n`;
}

interface Planned {
  readonly state: 'cached' | 'run' | 'waiting';
  readonly reasons?: readonly { readonly type: string }[];
}

async function planOf(rig: Rig): Promise<Record<string, Planned>> {
  const { stdout, stderr } = await rig.pipeline('plan', 's.yaml', '--json');
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as { stages: Record<string, Planned> }).stages;
}

/** The stage ran or was found as it was planned; a waiting one ran exactly if an input came out changed. */
async function checkStep(rig: Rig): Promise<void> {
  const planned = await planOf(rig);
  const { code, stages } = await rig.run('s.yaml', '--jobs', '2');
  expect(code).toBe(0);
  for (const [name, { state, reasons }] of Object.entries(planned)) {
    if (state === 'cached') expect([name, stages[name]]).toEqual([name, 'cached']);
    if (state === 'run') {
      expect([name, stages[name]]).toEqual([name, 'finished']);
      expect(reasons).not.toEqual([]);
      expect(reasons!.map(({ type }) => type)).not.toContain('kind');
    }
    if (state === 'waiting') expect(['cached', 'finished']).toContain(stages[name]);
  }
  // If nothing runs, nothing waits; afterwards everything is cached.
  const states = Object.values(planned).map(({ state }) => state);
  if (states.includes('waiting')) expect(states).toContain('run');
  const after = Object.values(await planOf(rig)).map(({ state }) => state);
  expect(new Set(after)).toEqual(new Set(['cached']));
}

it('what is planned is what runs, for any stages and edits', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(stage, { minLength: STAGES, maxLength: STAGES }),
      fc.array(fc.array(edit, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
      async (first, steps) => {
        const rig = makeRig();
        let stages = first;
        rig.write({ 's.yaml': yamlOf(stages), 'a.txt': '0\n', 'b.txt': '0\n' });
        await checkStep(rig);
        for (const edits of steps) {
          for (const one of edits) {
            if ('file' in one) rig.write({ [`${one.file}.txt`]: `${one.content}\n` });
            else
              stages = stages.map((old, index) =>
                index === one.stage ? { ...old, parameter: one.parameter } : old,
              );
          }
          rig.write({ 's.yaml': yamlOf(stages) });
          await checkStep(rig);
        }
      },
    ),
    { numRuns: 6, seed: 20260131 },
  );
});
