import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { COMMAND, makeRig, type Rig } from '../helpers/rig.ts';

const SPEC = `
name: shown
stages:
  first: { uses: command, with: { run: 'echo hello; echo 1 > $OUTPUT/x' } }
  second:
    uses: command
    inputs: { first: first }
    with: { run: 'echo "{\\"rows\\": 7}" > $OUTPUT/m.json', metrics: m.json }
`;

function shown(spec = SPEC): Rig {
  const rig = makeRig();
  rig.write({ 's.yaml': spec });
  return rig;
}

/** As a person's shell would set it, whatever the shell of the tests says about colours. */
function terminalEnv(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, CI: undefined, ...env };
}

/** Runs a shell line in which \`pipeline\` is the built command. */
function shell(rig: Rig, line: string, env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
  const script = `pipeline() { "${process.execPath}" "${COMMAND}" "$@"; }\n${line}`;
  return spawnSync('bash', ['-c', script], {
    cwd: rig.folder,
    encoding: 'utf8',
    env: terminalEnv(env),
  });
}

const hasScript = spawnSync('script', ['--version']).status === 0;

/** A shell line that runs the command on a terminal of 100 columns. */
function terminalLine(command: string): string {
  const line = `stty cols 100 rows 40; "${process.execPath}" "${COMMAND}" ${command}`;
  return `script -qec '${line}' /dev/null < /dev/null`;
}

/** The output on such a terminal, including escape sequences. */
function onTerminal(rig: Rig, command: string, env: NodeJS.ProcessEnv = {}): string {
  return shell(rig, terminalLine(command), env).stdout;
}

const ESCAPE = '\u001b[';

describe('off a terminal', () => {
  it('progress is plain lines on stderr, results are on stdout, and nothing is coloured', () => {
    const { stdout, stderr, status } = shell(shown(), 'pipeline run s.yaml');
    expect(status).toBe(0);
    expect(stdout).toBe('');
    expect(stderr.replace(/\d+\.\d s/g, 'N s')).toBe(
      [
        '▶ first  has not run before',
        '  first: hello',
        '✔ first  N s',
        '▶ second  has not run before',
        '✔ second  N s · rows 7',
        'done: 0 cached, 2 executed in N s',
        '',
      ].join('\n'),
    );
  });

  it('colours come with FORCE_COLOR, and NO_COLOR outweighs it', () => {
    const rig = shown();
    expect(shell(rig, 'pipeline run s.yaml', { FORCE_COLOR: '1' }).stderr).toContain(ESCAPE);
    const both = shell(rig, 'pipeline run s.yaml', { FORCE_COLOR: '1', NO_COLOR: '1' });
    expect(both.stderr).not.toContain(ESCAPE);
  });

  it('a reader that closes the pipe early is not a failure', () => {
    const rig = shown();
    const { stdout, stderr } = shell(
      rig,
      'pipeline run s.yaml --json | head -n 1; echo "codes ${PIPESTATUS[@]}"; pipeline run s.yaml 2>&1 | true; echo "codes ${PIPESTATUS[@]}"',
    );
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^\{"time":.*"run-started".*\}\ncodes 0 0\ncodes 0 0\n$/);
  });

  it('help, the version and usage errors end as quietly without a reader', () => {
    const { stdout, stderr } = shell(
      shown(),
      ['--help', 'run --help', 'help sweep', '--version', '2>&1', 'run 2>&1']
        .map((args) => `pipeline ${args} | true; echo "code \${PIPESTATUS[0]}"`)
        .join('\n'),
    );
    expect(stderr).toBe('');
    expect(stdout).toBe('code 0\n'.repeat(4) + 'code 2\n'.repeat(2));
  });

  it('neither is a closed stdout or stderr', () => {
    const { stdout } = shell(shown(), 'pipeline run s.yaml 2>&- >&-; echo "code $?"');
    expect(stdout).toBe('code 0\n');
  });
});

describe('--json', () => {
  it('is one JSON object a line on stdout, in the order of what happened, and nothing on stderr', async () => {
    const rig = shown();
    const { stdout, stderr } = await rig.pipeline('run', 's.yaml', '--json');
    expect(stderr).toBe('');
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { time: string; type: string; stage?: string });
    const happened = events.map(({ type, stage }) =>
      [type, ...(stage === undefined ? [] : [stage])].join(' '),
    );
    expect(happened).toEqual([
      'run-started',
      'stage-started first',
      'stage-log first',
      'stage-finished first',
      'stage-started second',
      'stage-finished second',
      'run-finished',
    ]);
    expect(events.every(({ time }) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(time))).toBe(true);
  });
});

describe.skipIf(!hasScript)('on a terminal (needs script(1))', () => {
  it('a live tree shows running stages, and then the outcome of each stage', async () => {
    const rig = shown(SPEC.replace('echo hello', 'while [ ! -e go ]; do sleep 0.05; done'));
    const child = spawn('bash', ['-c', terminalLine('run s.yaml')], { cwd: rig.folder, env: terminalEnv() });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    await eventually('the tree', () => text.includes('waiting for its inputs'));
    rig.write({ go: '' });
    await once(child, 'close');
    expect(text).toContain(ESCAPE);
    expect(text).toMatch(/second.*rows 7/);
    expect(text).toMatch(/done: 0 cached, 2 executed in /);
  });

  it('the tree shows why a stage failed and what was not run', () => {
    const text = onTerminal(shown(SPEC.replace('echo hello', 'echo on fire; false')), 'run s.yaml');
    expect(text).toContain('first\u001b[22m: the command ended with exit code 1');
    expect(text).toContain('│ on fire');
    expect(text).toMatch(/second.*not run: an earlier stage failed/);
  });

  it('NO_COLOR takes the colours away', () => {
    const text = onTerminal(shown(), 'run s.yaml', { NO_COLOR: '1' });
    // Select graphic rendition with a colour: the tree still moves the cursor.
    expect(text).not.toMatch(/\u001b\[(3[0-7]|9[0-7])m/);
  });

  it('under CI, or with nothing to run, it is plain lines', () => {
    const rig = shown();
    const plain = { NO_COLOR: '1' };
    expect(onTerminal(rig, 'run s.yaml', { ...plain, CI: '1' })).toContain('▶ first  has not run before');
    expect(onTerminal(rig, 'run s.yaml', plain)).toMatch(/^✔ first  cached\r\n✔ second  cached · rows 7\r\n/);
  });
});

describe('names in any script', () => {
  it('of specs, files, folders and values work', async () => {
    const rig = makeRig();
    rig.write({
      'разное/исходник ż.txt': 'мир\n',
      'разное/実験.yaml': `
name: 実験
stages:
  corpus:
    uses: command
    with: { run: 'cp "исходник ż.txt" "$OUTPUT/ß 𝄞.txt"', deps: ["исходник ż.txt"], outputs: ["ß 𝄞.txt"] }
  size:
    uses: command
    inputs: { corpus: corpus }
    with: { run: 'cat "$INPUT_CORPUS/ß 𝄞.txt" > "$OUTPUT/x"; printf %s "$PARAM_WORD" >> "$OUTPUT/x"', params: { word: "naïve 🐢" } }
`,
    });
    const { code, stages } = await rig.run('разное/実験.yaml');
    expect([code, stages]).toEqual([0, { corpus: 'finished', size: 'finished' }]);
    const { stdout } = await rig.pipeline('show', 'разное/実験.yaml', 'size', '--json');
    const [result] = Object.values(
      (JSON.parse(stdout) as { stages: Record<string, { path: string }> }).stages,
    );
    expect(spawnSync('cat', [`${result!.path}/x`], { encoding: 'utf8' }).stdout).toBe('мир\nnaïve 🐢');
    expect((await rig.run('разное/実験.yaml')).stages).toEqual({ corpus: 'cached', size: 'cached' });
  });

  it('are refused for stages, whose names occur in flags and variables', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': "stages: { größe: { uses: command, with: { run: 'true' } } }\n" });
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain("'größe' is not a valid stage name");
  });
});
