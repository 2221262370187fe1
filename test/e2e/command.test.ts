import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRig, type Rig } from '../helpers/rig.ts';

function project(stages: string, files: Readonly<Record<string, string>> = {}): Rig {
  const rig = makeRig({ SECRET: 'hunter2', MODE: 'test' });
  rig.write({ 's.yaml': `name: c\nstages:\n${stages}`, ...files });
  return rig;
}

/** Relative path → content of every file of a stage's artifact. */
async function filesOf(rig: Rig, stage: string): Promise<Record<string, string>> {
  const { stdout } = await rig.pipeline('show', 's.yaml', stage, '--json');
  const { stages } = JSON.parse(stdout) as { stages: Record<string, { path: string }> };
  const { path } = stages[stage]!;
  const found = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'manifest.json')
    .map((entry) => join(entry.parentPath, entry.name));
  const entries = found.map((file): [string, string] => [
    file.slice(path.length + 1),
    readFileSync(file, 'utf8'),
  ]);
  return Object.fromEntries(entries.sort());
}

describe('a command', () => {
  it("starts in the spec's folder and finds inputs, parameters, output and scratch in its environment", async () => {
    const rig = project(
      `
  one: { uses: command, with: { run: 'echo first > $OUTPUT/one.txt' } }
  two: { uses: command, with: { run: 'echo second > $OUTPUT/two.txt' } }
  both:
    uses: command
    inputs: { a: one, my-b: two }
    with:
      params: { dim: 128, names: [x, y], flag: true, text: "a b" }
      run: |
        cat "$INPUT_A/one.txt" "$INPUT_MY_B/two.txt" > "$OUTPUT/joined"
        echo "$PARAM_DIM $PARAM_NAMES $PARAM_FLAG $PARAM_TEXT" > "$OUTPUT/params"
        cp "$PARAMS" "$OUTPUT/params.json"
        touch "$TMPDIR/scratch"
        ls s.yaml > "$OUTPUT/here"
`,
    );
    expect((await rig.run('s.yaml')).code).toBe(0);
    const files = await filesOf(rig, 'both');
    expect(files['joined']).toBe('first\nsecond\n');
    expect(files['params']).toBe('128 ["x","y"] true a b\n');
    expect(JSON.parse(files['params.json']!)).toEqual({
      dim: 128,
      names: ['x', 'y'],
      flag: true,
      text: 'a b',
    });
    expect(files['here']).toBe('s.yaml\n');
  });

  it('sees only the declared environment, and its key covers only what is set', async () => {
    const stage = (extra: string): string =>
      `  s: { uses: command, with: { run: 'echo "$MODE:$SECRET:$SET" > $OUTPUT/x'${extra} } }\n`;
    const rig = project(stage(''));
    await rig.run('s.yaml');
    expect(await filesOf(rig, 's')).toEqual({ x: '::\n' });
    rig.write({ 's.yaml': `name: c\nstages:\n${stage(', env: { SET: a }, pass_env: [SECRET]')}` });
    expect((await rig.run('s.yaml')).stages).toEqual({ s: 'finished' });
    expect(await filesOf(rig, 's')).toEqual({ x: ':hunter2:a\n' });
    rig.write({ 's.yaml': `name: c\nstages:\n${stage(', env: { SET: b }, pass_env: [SECRET]')}` });
    expect((await rig.run('s.yaml')).stages).toEqual({ s: 'finished' });
  });

  it('runs again when a file, a folder or a glob that it depends on changes, and not otherwise', async () => {
    const rig = project(
      `
  s:
    uses: command
    with: { run: 'cat script.sh data/*.txt src/*/*.c > $OUTPUT/x', deps: [script.sh, data, 'src/**/*.c'] }
`,
      { 'script.sh': 'v1\n', 'data/a.txt': 'a\n', 'src/m/m.c': 'int\n', 'src/m/m.h': 'h\n' },
    );
    const runs = async (): Promise<string | undefined> => (await rig.run('s.yaml')).stages['s'];
    expect(await runs()).toBe('finished');
    expect(await runs()).toBe('cached');
    rig.write({ 'src/m/m.h': 'changed\n' });
    expect(await runs()).toBe('cached');
    rig.write({ 'script.sh': 'v2\n' });
    expect(await runs()).toBe('finished');
    rig.write({ 'data/b.txt': 'b\n' });
    expect(await runs()).toBe('finished');
    rig.write({ 'src/m/m.c': 'long\n' });
    expect(await runs()).toBe('finished');
    rig.write({ 'script.sh': 'v2\n' });
    expect(await runs()).toBe('cached');
  });

  it('keeps only the declared output, with folders, stdout and metrics', async () => {
    const rig = project(`
  s:
    uses: command
    with:
      run: |
        mkdir -p $OUTPUT/sub/deep; echo 1 > $OUTPUT/sub/deep/f; echo 2 > $OUTPUT/other
        echo '{"loss": 0.5, "by": {"n": 3}}' > $OUTPUT/m.json
        echo printed
      outputs: [sub]
      stdout: log.txt
      metrics: m.json
`);
    expect((await rig.run('s.yaml')).code).toBe(0);
    expect(Object.keys(await filesOf(rig, 's'))).toEqual(['log.txt', 'm.json', 'sub/deep/f']);
    const { stdout } = await rig.pipeline('show', 's.yaml', 's', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ stages: { s: { metrics: { loss: 0.5, 'by.n': 3 } } } });
  });

  it('given as a list is not interpreted by a shell', async () => {
    const rig = project(
      `  s: { uses: command, with: { run: [printf, '%s|', 'a b', '$HOME', '*'], stdout: x } }\n`,
    );
    await rig.run('s.yaml');
    expect(await filesOf(rig, 's')).toEqual({ x: 'a b|$HOME|*|' });
  });

  it('that writes nothing gives an empty artifact, which the next can take', async () => {
    const rig = project(`
  s: { uses: command, with: { run: 'true' } }
  t: { uses: command, inputs: { s: s }, with: { run: 'ls -A $INPUT_S > $OUTPUT/x' } }
`);
    expect((await rig.run('s.yaml')).stages).toEqual({ s: 'finished', t: 'finished' });
    expect(await filesOf(rig, 't')).toEqual({ x: 'manifest.json\n' });
  });

  it('cannot change the artifacts that it reads', async () => {
    const rig = project(`
  s: { uses: command, with: { run: 'echo 1 > $OUTPUT/x' } }
  t: { uses: command, inputs: { s: s }, with: { run: 'stat -c %a $INPUT_S/x $INPUT_S/manifest.json > $OUTPUT/x' } }
`);
    await rig.run('s.yaml');
    expect(await filesOf(rig, 't')).toEqual({ x: '444\n444\n' });
  });

  it.each([
    ['exit 3', /the command ended with exit code 3: exit 3/],
    ['false; echo not reached', /the command ended with exit code 1/],
    ['no-such-program-here', /the command ended with exit code 127/],
  ])('fails as its shell line does: %s', async (run, message) => {
    const rig = project(`  s: { uses: command, with: { run: '${run}' } }\n`);
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('s: not reached');
    expect(existsSync(join(rig.folder, 'artifacts', 'command'))).toBe(false);
  });

  it('without its program says where programs are looked up', async () => {
    const rig = project("  s: { uses: command, with: { run: ['no-such-program-here'] } }\n");
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain("✖ s: there is no program 'no-such-program-here'");
    expect(stderr).toContain('hint: Programs are looked up in PATH');
  });

  it('that is not executable gets a hint', async () => {
    const rig = project("  s: { uses: command, with: { run: ['./job.sh'], deps: [job.sh] } }\n", {
      'job.sh': '#!/bin/sh\n',
    });
    chmodSync(join(rig.folder, 'job.sh'), 0o644);
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain("✖ s: './job.sh' is not executable");
    expect(stderr).toContain('hint: Run `chmod +x ./job.sh`.');
  });

  it('that does not write a declared output gets a list of what it wrote', async () => {
    const rig = project(
      "  s: { uses: command, with: { run: 'echo 1 > $OUTPUT/b.txt', outputs: [a.txt] } }\n",
    );
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain("✖ s: the command succeeded but did not write its output 'a.txt'");
    expect(stderr).toContain('The folder contains: b.txt.');
  });

  it('that writes a link instead of a file is an error with a hint', async () => {
    const rig = project("  s: { uses: command, with: { run: 'ln -s /etc/hostname $OUTPUT/link' } }\n");
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain('✖ s: link is neither a file nor a folder, so it cannot be kept');
  });

  it('may print endlessly, or bytes that are not text, without slowing or breaking the run', async () => {
    const rig = project(
      `  s: { uses: command, with: { run: 'head -c 3000000 /dev/urandom; seq 20000; printf "no line end"; echo 1 > $OUTPUT/x' } }\n`,
    );
    const { code, events } = await rig.run('s.yaml');
    expect(code).toBe(0);
    const last = events.filter(({ type }) => type === 'stage-log').at(-1);
    expect(last?.['message']).toBe('no line end');
  });
});

describe('empty data', () => {
  it('of a dependency is data like any other', async () => {
    const rig = project(
      "  s: { uses: command, with: { run: 'wc -c < empty > $OUTPUT/x', deps: [empty] } }\n",
      {
        empty: '',
      },
    );
    expect((await rig.run('s.yaml')).code).toBe(0);
    expect((await filesOf(rig, 's'))['x']?.trim()).toBe('0');
  });

  it('of a folder names the folder: there is nothing to depend on', async () => {
    const rig = project("  s: { uses: command, with: { run: 'true', deps: [none] } }\n");
    mkdirSync(join(rig.folder, 'none'));
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('no file, folder or match for');
  });
});
