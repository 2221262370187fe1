import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IS_ROOT, mountSmall, remount } from '../helpers/mount.ts';
import { artifactsOf, isAlive, leftovers, pidIn } from '../helpers/processes.ts';
import { makeRig, type Rig } from '../helpers/rig.ts';

function project(files: Readonly<Record<string, string>>): Rig {
  const rig = makeRig();
  rig.write(files);
  return rig;
}

const BROKEN = `
name: broken
stages:
  first: { uses: command, with: { run: 'echo 1 > $OUTPUT/x' } }
  broken:
    uses: command
    inputs: { first: first }
    with: { run: 'echo about to fail; echo "disk on fire" >&2; test -e mended; echo 2 > $OUTPUT/x' }
  after: { uses: command, inputs: { broken: broken }, with: { run: 'echo 3 > $OUTPUT/x' } }
  beside: { uses: command, inputs: { first: first }, with: { run: 'sleep 0.3; echo 4 > $OUTPUT/x' } }
`;

describe('a failing stage', () => {
  it('shows its own error without our stack trace, keeps finished work and names the command that resumes', async () => {
    const rig = project({ 's.yaml': BROKEN });
    const set = ['--set', 'beside.params.note=a b'];
    const { code, stderr, stdout } = await rig.pipeline('run', 's.yaml', '--jobs', '1', ...set);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('✖ broken: the command ended with exit code 1: echo about to fail');
    expect(stderr).toContain('  │ about to fail\n  │ disk on fire\n');
    expect(stderr).toMatch(/ {2}log: \S+\/artifacts\/logs\/command-[0-9a-f]{16}\.log/);
    expect(stderr).toContain('- after  not run: an earlier stage failed');
    expect(stderr).toContain("To continue: pipeline run s.yaml --set 'beside.params.note=a b'\n");
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(leftovers(join(rig.folder, 'artifacts'))).toEqual([]);

    rig.write({ mended: '' });
    const { code: then, stages } = await rig.run('s.yaml');
    expect(then).toBe(0);
    expect(stages).toEqual({ first: 'cached', broken: 'finished', after: 'finished', beside: 'finished' });
  });

  it('lets running stages finish, and starts no others', async () => {
    const rig = project({ 's.yaml': BROKEN });
    const { code, stages } = await rig.run('s.yaml', '--jobs', '2');
    expect(code).toBe(1);
    expect(stages).toEqual({ first: 'finished', broken: 'failed', after: 'skipped', beside: 'finished' });
  });

  it('with --keep-going stops only what depends on it', async () => {
    const rig = project({ 's.yaml': BROKEN });
    const { code, stages } = await rig.run('s.yaml', '--jobs', '1', '--keep-going');
    expect(code).toBe(1);
    expect(stages).toEqual({ first: 'finished', broken: 'failed', after: 'skipped', beside: 'finished' });
  });

  it('names the signal that ended its command', async () => {
    const rig = project({ 's.yaml': "stages: { s: { uses: command, with: { run: 'kill -SEGV $$' } } }\n" });
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain('✖ s: the command ended with signal SIGSEGV: kill -SEGV $$');
  });

  it('reports that its process was killed, as by the kernel when memory runs out', async () => {
    const rig = project({
      'dies.ts': `
        import { defineStage } from 'two-tower/stage';
        export const stage = defineStage({
          description: 'Dies.', parameters: { type: 'object' }, inputs: {}, output: 'files',
          run: () => new Promise(() => process.kill(process.pid, 'SIGKILL')),
        });`,
      's.yaml': 'stages: { s: { uses: ./dies.ts } }\n',
      'command.yaml': "stages: { s: { uses: command, with: { run: 'kill -KILL $$' } } }\n",
    });
    const hint = 'hint: If nobody killed it, the machine ran out of memory.';
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain("✖ s: the stage's process was killed by SIGKILL");
    expect(stderr).toContain(hint);
    const command = await rig.pipeline('run', 'command.yaml');
    expect(command.code).toBe(1);
    expect(command.stderr).toContain('✖ s: the command ended with signal SIGKILL: kill -KILL $$');
    expect(command.stderr).toContain(hint);
  });

  it('has the stack trace of an unexpected error only in its log', async () => {
    const rig = project({
      'bad.ts': `
        import { defineStage } from 'two-tower/stage';
        export const stage = defineStage({
          description: 'Fails.', parameters: { type: 'object' }, inputs: {}, output: 'files',
          run(): never { throw new TypeError('no such thing as a free lunch'); },
        });`,
      's.yaml': 'stages: { bad: { uses: ./bad.ts } }\n',
    });
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain('✖ bad: no such thing as a free lunch');
    expect(stderr).not.toMatch(/^\s+at /m);
    const [, log] = /log: (\S+)/.exec(stderr)!;
    expect(spawnSync('cat', [log!]).stdout.toString()).toMatch(/TypeError: no such .*\n\s+at .*bad\.ts:5/);
  });
});

/** The processes take longer than a test may. */
describe('a stage that leaves a process running', () => {
  it('finishes anyway, and the process is ended', async () => {
    const run = 'sleep 3600 & echo $! > pid; echo done > $OUTPUT/x';
    const rig = project({ 's.yaml': `stages: { s: { uses: command, with: { run: '${run}' } } }\n` });
    expect((await rig.run('s.yaml')).stages).toEqual({ s: 'finished' });
    expect(isAlive(pidIn(join(rig.folder, 'pid'))!)).toBe(false);
  });

  it('finishes even if the process left the group and holds its output open', async () => {
    const run = 'setsid sleep 3600 & echo $! > pid; echo done > $OUTPUT/x';
    const rig = project({ 's.yaml': `stages: { s: { uses: command, with: { run: '${run}' } } }\n` });
    onTestFinished(() => void process.kill(pidIn(join(rig.folder, 'pid'))!, 'SIGKILL'));
    expect((await rig.run('s.yaml')).stages).toEqual({ s: 'finished' });
  });
});

describe('user errors', () => {
  it('of a missing file are shown in the spec, before anything runs', async () => {
    const rig = project({
      's.yaml': `stages:
  first: { uses: command, with: { run: 'echo 1 > $OUTPUT/x' } }
  second:
    uses: command
    with: { run: 'cat nothing.txt > $OUTPUT/x', deps: [nothing.txt] }
`,
    });
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('s.yaml:5:56');
    expect(stderr).toMatch(/no file, folder or match for .*nothing\.txt/);
    expect(artifactsOf(join(rig.folder, 'artifacts'), 'command')).toEqual([]);
  });

  it.each([
    ['--only', 'frist'],
    ['--until', 'frist'],
    ['--force', 'frist'],
  ])('include a mistyped stage after %s', async (flag, name) => {
    const rig = project({ 's.yaml': BROKEN });
    const { code, stderr } = await rig.pipeline('run', 's.yaml', flag, name);
    expect(code).toBe(2);
    expect(stderr).toBe("error: there is no stage 'frist'\nhint: Did you mean 'first'?\n");
  });

  it('include a spec that is missing or a folder', async () => {
    const rig = project({});
    for (const file of ['nowhere.yaml', '.']) {
      const { code, stderr } = await rig.pipeline('run', file);
      expect([file, code]).toEqual([file, 2]);
      expect(stderr).toContain(file === '.' ? rig.folder : file);
      expect(stderr).not.toMatch(/^\s+at |internal error/m);
    }
  });
});

describe('a store that cannot be written', () => {
  it('is named, with what to do', async () => {
    const rig = project({ 's.yaml': BROKEN, file: '' });
    const { code, stderr } = await rig.pipeline('run', 's.yaml', '--store', 'file/store');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: the store cannot be read: a file is where a folder should be/);
    expect(stderr).toContain('hint: Name another folder with `--store`');
    expect(stderr).not.toMatch(/^\s+at |internal error/m);
  });

  it.runIf(IS_ROOT)(
    'answers when nothing has to run, and fails clearly when something has',
    async (context) => {
      const rig = project({ 's.yaml': BROKEN, mended: '' });
      const store = join(rig.folder, 'mounted');
      if (!mountSmall(store, 'size=8m')) return context.skip();
      expect((await rig.run('s.yaml', '--store', store)).code).toBe(0);
      remount(store, 'ro');
      const { code, stages } = await rig.run('s.yaml', '--store', store);
      expect(code).toBe(0);
      expect(Object.values(stages)).toEqual(['cached', 'cached', 'cached', 'cached']);
      const { code: then, stderr } = await rig.pipeline(
        ...['run', 's.yaml', '--store', store, '--set', 'beside.run=echo 5 > $OUTPUT/x'],
      );
      expect(then).toBe(1);
      expect(stderr).toMatch(/✖ beside: the store cannot be locked: the file system is read-only/);
      expect(stderr).not.toMatch(/^\s+at |internal error/m);
    },
  );
});

describe.runIf(IS_ROOT)('a full disk (needs root to mount one)', () => {
  it.each([
    ['in a command', "with: { run: 'head -c 20000000 /dev/zero > $OUTPUT/x' }"],
    ['when its own bytes fit and ours do not', "with: { run: 'cat /dev/zero > $OUTPUT/x || true' }"],
  ])('loses nothing that was finished, and the same command goes on: %s', async (where, parameters) => {
    const rig = makeRig();
    const store = join(rig.folder, 'mounted');
    if (!mountSmall(store, 'size=1m')) return;
    rig.write({
      's.yaml': `
stages:
  small: { uses: command, with: { run: 'echo 1 > $OUTPUT/x' } }
  big: { uses: command, inputs: { small: small }, ${parameters} }
`,
    });
    const { code, stderr } = await rig.pipeline('run', 's.yaml', '--store', store);
    expect(code).toBe(1);
    expect(stderr).toContain('✔ small');
    expect(stderr).toMatch(/No space left on device|ENOSPC/);
    expect(stderr).not.toMatch(/^\s+at |internal error/m);
    expect(leftovers(store)).toEqual([]);
    expect(artifactsOf(store, 'command')).toHaveLength(1);
    const free = statfsSync(store);
    expect(free.bavail * free.bsize).toBeGreaterThan(500_000);
    if (where !== 'in a command') return;
    remount(store, 'size=64m');
    const { stages } = await rig.run('s.yaml', '--store', store);
    expect(stages).toEqual({ small: 'cached', big: 'finished' });
  });
});

describe('edge cases', () => {
  it('an artifact folder deleted by hand is made again', async () => {
    const rig = project({ 's.yaml': BROKEN, mended: '' });
    await rig.run('s.yaml');
    rmSync(join(rig.folder, 'artifacts', 'command'), { recursive: true });
    expect((await rig.run('s.yaml')).code).toBe(0);
  });
});

describe('an output folder that cannot be kept', () => {
  it.each([
    ['removed', 'rm -rf "$OUTPUT"', 'the stage removed its output folder'],
    ['with a file name that is not UTF-8', String.raw`printf x > "$OUTPUT/$(printf '\377')"`, 'is not UTF-8'],
  ])('%s is an error in words', async (_, run, message) => {
    const rig = makeRig();
    rig.write({ 'demo.yaml': JSON.stringify({ stages: { made: { uses: 'command', with: { run } } } }) });
    const { code, stderr } = await rig.pipeline('run', 'demo.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/ENOENT|scandir|chmod/);
  });
});
