import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { COMMAND, makeRig, type Finished } from '../helpers/rig.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

const DIST = dirname(COMMAND);
const CHAIN = `name: chain
stages:
  a: { uses: command, with: { run: 'echo a > $OUTPUT/a' } }
  b: { uses: command, inputs: { up: a }, with: { run: 'cat $INPUT_UP/a > $OUTPUT/b' } }
`;

interface Loaded extends Finished {
  /** Names of the files of the package that Node executed. */
  readonly scripts: readonly string[];
  /** Node's own modules, which take time to load too. */
  readonly builtIn: readonly string[];
}

/** Runs the command and says what it loaded. What Node covers of each script is not looked at. */
async function loading(
  files: Readonly<Record<string, string>>,
  before: readonly (readonly string[])[],
  args: readonly string[],
): Promise<Loaded> {
  const folder = temporaryFolder();
  const noted = join(folder, 'modules.json');
  const note = join(folder, 'note.cjs');
  writeFileSync(
    note,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(noted)}, JSON.stringify(process.moduleLoadList)));`,
  );
  const rig = makeRig();
  rig.write(files);
  for (const earlier of before) await rig.pipeline(...earlier);
  const covered = join(folder, 'covered');
  const watched = makeRig({ NODE_V8_COVERAGE: covered, NODE_OPTIONS: `--require ${note}` });
  const finished = await watched.pipeline(...args.map((arg) => arg.replace('RIG', rig.folder)));
  const scripts = readdirSync(covered).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(covered, name), 'utf8')) as { result: { url: string }[] };
    return result.filter(({ url }) => url.startsWith('file:')).map(({ url }) => fileURLToPath(url));
  });
  const modules = JSON.parse(readFileSync(noted, 'utf8')) as string[];
  return {
    ...finished,
    scripts: scripts.filter((path) => path.startsWith(DIST)).map((path) => path.slice(DIST.length + 1)),
    builtIn: modules.map((name) => name.replace(/^NativeModule /, '')),
  };
}

it('loads one file for a run that finds everything cached, and none of the modules that are slow to load', async () => {
  const { code, stderr, scripts, builtIn } = await loading(
    { 's.yaml': CHAIN },
    [['run', 's.yaml']],
    ['run', 'RIG/s.yaml'],
  );
  expect(stderr).toContain('2 cached, 0 executed');
  expect(code).toBe(0);
  expect(scripts.toSorted()).toEqual(['command.cjs', 'pipeline.cjs']);
  for (const slow of ['child_process', 'net', 'readline', 'worker_threads', 'zlib', 'perf_hooks'])
    expect(builtIn).not.toContain(slow);
});

it('loads one file for --version and --help', async () => {
  for (const flag of ['--version', '--help']) {
    const { scripts } = await loading({}, [], [flag]);
    expect(scripts.toSorted()).toEqual(['command.cjs', 'pipeline.cjs']);
  }
});

it('has no package in that file but the parser of the command line', () => {
  const { sources } = JSON.parse(readFileSync(join(DIST, 'command.cjs.map'), 'utf8')) as {
    sources: string[];
  };
  const packages = sources.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  expect([...new Set(packages)]).toEqual(['commander']);
});

it('takes modules that a command loads when needed from the instance that the command has', async () => {
  const rig = makeRig();
  rig.write({ 's.yaml': 'name: s\nstages:\n  a: { uses: comand }\n' });
  const { code, stderr } = await rig.pipeline('plan', 's.yaml');
  // The error is made in dist/lazy/, and recognised by the command.
  expect(stderr).toContain("Did you mean 'command'?");
  expect(code).toBe(2);
});

/** The installed command with compiled code of its own, which a test may damage. */
function installedCopy(): { readonly compiled: string; readonly run: (...args: string[]) => string } {
  const folder = temporaryFolder();
  const root = dirname(DIST);
  mkdirSync(join(folder, 'dist'));
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  for (const file of ['pipeline.cjs', 'command.cjs']) cpSync(join(DIST, file), join(folder, 'dist', file));
  for (const name of ['kinds', 'chunks', 'lazy', 'stage-process.js'])
    symlinkSync(join(DIST, name), join(folder, 'dist', name));
  writeFileSync(join(folder, 's.yaml'), CHAIN);
  const env = { ...process.env, NODE_OPTIONS: undefined };
  const command = join(folder, 'dist', 'pipeline.cjs');
  return {
    compiled: join(folder, 'dist', 'compiled'),
    run: (...args) =>
      execFileSync(process.execPath, [command, ...args], { cwd: folder, env, stdio: 'pipe' }).toString(),
  };
}

it('keeps the compiled code of a run, and makes it anew where it is damaged', () => {
  const { compiled, run } = installedCopy();
  run('--version');
  expect(existsSync(compiled)).toBe(false);
  run('run', 's.yaml');
  // What Node itself keeps of other modules is in a folder.
  const names = (): string[] => readdirSync(compiled).filter((entry) => entry !== 'modules');
  const [name] = names();
  const file = join(compiled, name!);
  const kept = readFileSync(file);
  expect(kept.length).toBeGreaterThan(50_000);
  for (const damaged of [Buffer.alloc(0), kept.subarray(0, 1000), Buffer.from('no code')]) {
    writeFileSync(file, damaged);
    expect(run('--version')).toMatch(/^\d/);
    run('run', 's.yaml');
    expect(readFileSync(file).length).toBeGreaterThan(50_000);
  }
  expect(names()).toEqual([name]);
});

it('works where the compiled code cannot be kept', () => {
  const { compiled, run } = installedCopy();
  writeFileSync(compiled, 'a file, where the folder would be');
  run('run', 's.yaml');
  expect(readFileSync(compiled, 'utf8')).toBe('a file, where the folder would be');
});
