import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runGuarded } from '../../../../src/execute/job/process/guarded-program.ts';
import type { Program, ProgramEnd } from '../../../../src/stage.ts';
import { eventually } from '../../../helpers/eventually.ts';
import { isAlive, pidIn } from '../../../helpers/processes.ts';
import { temporaryFolder } from '../../../helpers/run-kind.ts';

interface Run {
  readonly end: Promise<ProgramEnd>;
  readonly printed: () => Promise<readonly string[]>;
  readonly stop: AbortController;
  readonly kill: AbortController;
}

function start(program: Pick<Program, 'program' | 'args'> & Partial<Program>): Run {
  const [stop, kill] = [new AbortController(), new AbortController()];
  const printed: Promise<string>[] = [];
  const asked = { cwd: temporaryFolder(), env: { PATH: process.env['PATH'] }, ...program };
  const end = runGuarded(asked, {
    stop: stop.signal,
    kill: kill.signal,
    read: (stream) => printed.push(text(stream).catch(() => '')),
  });
  return { end, printed: () => Promise.all(printed), stop, kill };
}

const shell = (script: string, rest: Partial<Program> = {}): Run =>
  start({ program: '/bin/sh', args: ['-e', '-c', script], ...rest });

describe('a guarded program', () => {
  it('gives its exit code, or the signal that killed it', async () => {
    expect(await shell('exit 3').end).toEqual({ code: 3, signal: null });
    expect(await shell('kill -TERM $$').end).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('gets its arguments as they are, its folder, and of the environment only what it is given', async () => {
    const args = [
      'console.log(JSON.stringify([process.argv.slice(1), process.env]))',
      '--',
      '$HOME',
      "a 'b'",
      '',
    ];
    const run = start({
      program: 'node',
      args: ['-e', ...args],
      env: { PATH: process.env['PATH'], A: '1 $B' },
    });
    expect((await run.end).code).toBe(0);
    const [stdout] = await run.printed();
    expect(JSON.parse(stdout!)).toEqual([['$HOME', "a 'b'", ''], { PATH: process.env['PATH'], A: '1 $B' }]);
  });

  it('gets a variable that the shell would set, where it is given one', async () => {
    const run = start({ program: 'env', args: [], env: { PATH: process.env['PATH'], OLDPWD: '/nowhere' } });
    await run.end;
    expect((await run.printed())[0]).toContain('OLDPWD=/nowhere\n');
  });

  it('does not get the channel of the guard, which would not see the end of this process', async () => {
    const run = shell('if (echo x >&3) 2> /dev/null; then echo open; else echo closed; fi');
    await run.end;
    expect((await run.printed())[0]).toBe('closed\n');
  });

  it('is looked up in its PATH, and refused as the system would where it is not there or not executable', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'text'), '#!/bin/sh\nexit 5\n');
    const at = (program: string, path = folder): Promise<ProgramEnd> =>
      start({ program, args: [], cwd: folder, env: { PATH: path } }).end;
    await expect(at('nothing')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(at('./nothing')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(at('text')).rejects.toMatchObject({ code: 'EACCES' });
    await expect(at('./folder')).rejects.toMatchObject({ code: 'EACCES' });
    chmodSync(join(folder, 'text'), 0o755);
    expect(await at('text')).toEqual({ code: 5, signal: null });
    expect(await at('./text', '/nowhere')).toEqual({ code: 5, signal: null });
  });

  it('takes everything with it that it left running in its group', async () => {
    const cwd = temporaryFolder();
    const run = shell(
      'sh -c "echo \\$\\$ > pid; exec sleep 3600" & while ! test -s pid; do sleep 0.01; done',
      { cwd },
    );
    expect((await run.end).code).toBe(0);
    const pid = pidIn(join(cwd, 'pid'))!;
    await eventually('the end of what it left', () => !isAlive(pid));
  });

  it('does not wait for output of a program that left its group', async () => {
    const cwd = temporaryFolder();
    const node = `require('child_process').spawn('sleep', ['3600'], { detached: true, stdio: 'inherit' }).pid`;
    const run = start({
      program: 'node',
      args: ['-e', `require('fs').writeFileSync('pid', ${node} + '\\n'); process.exit()`],
      cwd,
    });
    expect((await run.end).code).toBe(0);
    const pid = pidIn(join(cwd, 'pid'))!;
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });

  it('is asked to stop with everything that it started, and may clean up', async () => {
    const cwd = temporaryFolder();
    const run = shell('trap "echo cleaned > log; exit 0" TERM; echo > ready; sleep 3600 & wait', { cwd });
    await eventually('the start', () => existsSync(join(cwd, 'ready')));
    run.stop.abort();
    expect(await run.end).toEqual({ code: 0, signal: null });
    expect(readFileSync(join(cwd, 'log'), 'utf8')).toBe('cleaned\n');
  });

  it('is killed where it does not listen', async () => {
    const cwd = temporaryFolder();
    const run = shell('trap "" TERM; echo > ready; sleep 3600 & wait', { cwd });
    await eventually('the start', () => existsSync(join(cwd, 'ready')));
    run.stop.abort();
    run.kill.abort();
    expect(await run.end).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('does not begin where all is over', async () => {
    const cwd = temporaryFolder();
    const kill = AbortSignal.abort();
    const asked = { program: '/bin/sh', args: ['-c', 'sleep 3600; echo > done'], cwd, env: {} };
    const end = await runGuarded(asked, { stop: kill, kill, read: () => undefined });
    expect(end.signal).toBe('SIGKILL');
  });
});
