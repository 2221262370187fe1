import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRig, type Rig } from '../helpers/rig.ts';

/** corpus → words → report, and an independent stage. */
const SPEC = `
name: demo
params: { top: 2 }
stages:
  corpus:
    uses: command
    with: { run: cp text.txt $OUTPUT/text.txt, deps: [text.txt] }
  words:
    uses: command
    inputs: { corpus: corpus }
    with: { run: 'tr " " "\\n" < $INPUT_CORPUS/text.txt | sort | uniq > $OUTPUT/words.txt' }
  report:
    uses: command
    inputs: { words: words }
    with:
      run: head -n $PARAM_TOP $INPUT_WORDS/words.txt > $OUTPUT/top.txt
      params: { top: "\${params.top}" }
  aside:
    uses: command
    with: { run: 'echo beside > $OUTPUT/aside.txt' }
`;

function demo(): Rig {
  const rig = makeRig();
  rig.write({ 'demo.yaml': SPEC, 'text.txt': 'b a c a\n' });
  return rig;
}

const all = (state: string): Record<string, string> => ({
  corpus: state,
  words: state,
  report: state,
  aside: state,
});

describe('running a spec', () => {
  it('executes every stage once, and nothing the second time', async () => {
    const rig = demo();
    expect((await rig.run('demo.yaml')).stages).toEqual(all('finished'));
    const again = await rig.run('demo.yaml');
    expect(again.code).toBe(0);
    expect(again.stages).toEqual(all('cached'));
  });

  it('executes exactly what depends on a changed parameter', async () => {
    const rig = demo();
    await rig.run('demo.yaml');
    const { stages } = await rig.run('demo.yaml', '--set', 'params.top=1');
    expect(stages).toEqual({ ...all('cached'), report: 'finished' });
    rig.write({ 'demo.yaml': SPEC.replace('top: 2', 'top: 3') });
    expect((await rig.run('demo.yaml')).stages).toEqual({ ...all('cached'), report: 'finished' });
  });

  it('executes nothing after a comment, a reordering or a renaming', async () => {
    const rig = demo();
    await rig.run('demo.yaml');
    const [head, ...stages] = SPEC.split(/^(?= {2}\w+:$)/m);
    rig.write({ 'demo.yaml': [head, ...stages.reverse(), '# a comment\n'].join('') });
    expect((await rig.run('demo.yaml')).stages).toEqual(all('cached'));
    rig.write({ 'demo.yaml': SPEC.replace('  aside:', '  elsewhere:') });
    expect((await rig.run('demo.yaml')).stages).toMatchObject({ elsewhere: 'cached' });
  });

  it('stops at a stage that comes out unchanged', async () => {
    const rig = demo();
    await rig.run('demo.yaml');
    rig.write({ 'text.txt': 'c b a\n' });
    const { stages } = await rig.run('demo.yaml');
    expect(stages).toEqual({ corpus: 'finished', words: 'finished', report: 'cached', aside: 'cached' });
  });

  it('finds an artifact again after going back to an earlier value', async () => {
    const rig = demo();
    await rig.run('demo.yaml');
    await rig.run('demo.yaml', '--set', 'params.top=1');
    expect((await rig.run('demo.yaml')).stages).toEqual(all('cached'));
  });

  it('makes an artifact again when one of its files was removed or cut', async () => {
    const rig = demo();
    await rig.run('demo.yaml');
    const before = await rig.digests('demo.yaml');
    const { stdout } = await rig.pipeline('show', 'demo.yaml', 'words', '--json');
    const { stages } = JSON.parse(stdout) as { stages: { words: { path: string } } };
    await import('node:fs').then(({ rmSync }) => {
      rmSync(join(stages.words.path, 'words.txt'));
    });
    const run = await rig.run('demo.yaml');
    expect(run.stages).toEqual({ ...all('cached'), words: 'finished' });
    expect(await rig.digests('demo.yaml')).toEqual(before);
  });

  it('executes forced stages, and keeps the same bytes', async () => {
    const rig = demo();
    await rig.run('demo.yaml');
    const before = await rig.digests('demo.yaml');
    expect((await rig.run('demo.yaml', '--force', 'words')).stages).toEqual({
      ...all('cached'),
      words: 'finished',
    });
    expect(await rig.digests('demo.yaml')).toEqual(before);
  });

  it('says that a stage is not reproducible when forcing it gives other bytes', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': 'stages: { now: { uses: command, with: { run: "date +%N > $OUTPUT/t" } } }\n' });
    await rig.run('s.yaml');
    const { events } = await rig.run('s.yaml', '--force');
    expect(events.filter((event) => event.type === 'stage-log').map((event) => event['message'])).toEqual([
      'not reproducible: this execution gave other bytes than the one before, which it replaces',
    ]);
  });

  it('respects --only, --from and --until', async () => {
    const rig = demo();
    expect((await rig.run('demo.yaml', '--until', 'words')).stages).toEqual({
      corpus: 'finished',
      words: 'finished',
    });
    const { code, stages } = await rig.run('demo.yaml', '--from', 'report');
    expect([code, stages]).toEqual([0, { corpus: 'cached', words: 'cached', report: 'finished' }]);
    const missing = demo();
    const refused = await missing.pipeline('run', 'demo.yaml', '--only', 'report');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("'report' needs 'words', which is not up to date and was not selected");
  });
});

describe('planning', () => {
  it('says what would run and why, and runs nothing', async () => {
    const rig = demo();
    await rig.run('demo.yaml');
    const { stdout } = await rig.pipeline('plan', 'demo.yaml', '--set', 'params.top=7');
    expect(stdout).toBe(
      [
        'corpus  cached',
        'words   cached',
        'report  will run · params.top: 2 → 7',
        'aside   cached',
        '',
        '3 cached, 1 to run, 0 waiting',
        '',
      ].join('\n'),
    );
    expect((await rig.run('demo.yaml')).stages).toEqual(all('cached'));
  });

  it('names the changed file and what waits for it', async () => {
    const rig = demo();
    await rig.run('demo.yaml');
    rig.write({ 'text.txt': 'z\n' });
    const { stdout } = await rig.pipeline('run', 'demo.yaml', '--dry-run');
    expect(stdout).toContain('corpus  will run · deps.0: text.txt changed');
    expect(stdout).toContain('words   may be skipped · will run unless corpus comes out unchanged');
  });

  it('plans what then runs', async () => {
    const rig = demo();
    await rig.run('demo.yaml');
    const { stdout } = await rig.pipeline('plan', 'demo.yaml', '--set', 'params.top=9', '--json');
    const planned = JSON.parse(stdout) as { stages: Record<string, { state: string }> };
    const { stages } = await rig.run('demo.yaml', '--set', 'params.top=9');
    for (const [name, { state }] of Object.entries(planned.stages))
      expect([name, stages[name]]).toEqual([name, state === 'run' ? 'finished' : state]);
  });
});

describe('a cached run', () => {
  it('loads neither DuckDB, TensorFlow nor usearch', async () => {
    const rig = makeRig({ NODE_DEBUG: 'module,esm' });
    rig.write({ 'demo.yaml': SPEC, 'text.txt': 'a\n' });
    await rig.run('demo.yaml');
    const { stderr, code } = await rig.pipeline('run', 'demo.yaml');
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/duckdb|tensorflow|usearch|esbuild/);
    expect(readFileSync(join(rig.folder, 'demo.yaml'), 'utf8')).toBe(SPEC);
  });
});
