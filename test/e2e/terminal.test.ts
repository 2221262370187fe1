/** The live tree in a real pseudo-terminal: small ones, resized ones, and Ctrl-C. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { makeRig, type Rig } from '../helpers/rig.ts';
import { CTRL_C, hasPython, openTerminal } from '../helpers/terminal.ts';

const DEPENDENTS = 26;

/** Three quick stages, one that waits for a file, one that waits for a core, and many that need the slow one. */
function manyStages(): Rig {
  const rig = makeRig();
  const stage = (name: string, run: string, needs = ''): string =>
    `  ${name}: { uses: command, ${needs} with: { run: '${run}' } }\n`;
  const quick = ['first', 'second', 'third'].map((name) => stage(name, `echo ${name} > $OUTPUT/x`)).join('');
  const last = Array.from({ length: DEPENDENTS }, (_, i) =>
    stage(
      `after-${i + 1}-with-quite-a-long-name-that-goes-on`,
      'echo > $OUTPUT/x',
      'inputs: { slow: slow },',
    ),
  ).join('');
  const slow = stage('slow', 'while ! test -e go; do sleep 0.05; done; echo > $OUTPUT/x');
  rig.write({ 's.yaml': `stages:\n${quick}${slow}${stage('other', 'echo > $OUTPUT/x')}${last}` });
  return rig;
}

// Python has the only pseudo-terminal that is there everywhere without a compiler.
describe.skipIf(!hasPython)('the tree in a terminal (needs python3 with pty)', () => {
  it('folds what does not fit, also after the terminal has become smaller, and Ctrl-C ends it', async () => {
    const rig = manyStages();
    const terminal = openTerminal(rig, ['run', 's.yaml', '--jobs', '1'], { rows: 24, columns: 80 });
    const { screen } = terminal;
    const sees = (pattern: RegExp): boolean => screen.shown.some((line) => pattern.test(line));

    await eventually('the slow stage', () => sees(/slow .* s/) && sees(/third .* s$/m));
    expect(screen.above).toEqual([]);
    expect(screen.shown.length).toBeLessThanOrEqual(23);
    expect(screen.shown).toContainEqual(expect.stringMatching(/^[⠀-⣿] slow +\S/));
    expect(screen.shown).toContainEqual(expect.stringMatching(/^… other +waiting for a free core$/));
    expect(screen.shown).toContainEqual(
      expect.stringMatching(/^… after-1-with-quite-a-long-n\S*… +waiting for its inputs$/),
    );
    expect(screen.shown).toContainEqual(expect.stringMatching(/^… \d+ more stages waiting$/));

    terminal.resize(6, 40);
    await eventually('the folded tree', () => sees(/^✔ 2 stages finished$/));
    expect(screen.shown.length).toBeLessThanOrEqual(5);
    for (const line of screen.shown) expect(line.length).toBeLessThan(40);
    expect(screen.shown.filter((line) => /^[⠀-⣿] slow /.test(line))).toHaveLength(1);
    const scrolled = screen.above.length;

    await eventually('a redrawing', () => sees(/slow +\d+(\.\d)? s/));
    expect(screen.above).toHaveLength(scrolled);

    terminal.type(CTRL_C);
    expect(await terminal.finished).toBe(130);
    expect([...screen.above, ...screen.shown].join('\n')).toContain('Interrupted: stopping the stages.');
  });

  it('leaves every stage once on the screen when the run has ended', async () => {
    const rig = makeRig();
    rig.write({
      's.yaml': `stages:
  one: { uses: command, with: { run: 'echo 1 > $OUTPUT/x' } }
  two: { uses: command, inputs: { one: one }, with: { run: 'echo 2 > $OUTPUT/x' } }
`,
    });
    const terminal = openTerminal(rig, ['run', 's.yaml'], { rows: 24, columns: 80 });
    expect(await terminal.finished).toBe(0);
    const { shown, above } = terminal.screen;
    expect(above).toEqual([]);
    expect(shown.filter((line) => /^✔ (one|two) /.test(line))).toHaveLength(2);
    expect(shown).toContainEqual(expect.stringMatching(/^done: 0 cached, 2 executed in/));
    expect(shown.join('\n')).not.toContain('waiting');
  });
});
