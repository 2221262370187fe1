/**
 * A program in a process group of its own, whose end is also the end of everything that it started: when it ends, when
 * it is stopped, and when this process is gone (`guard.ts`).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Program, ProgramEnd } from '../../../stage.ts';
import { ANNOUNCED, forgetGroup, guardChannel, noteGroup } from './guard.ts';
import { DRAIN_MS, killGroup, stopping, type StopSignals } from './process-group.ts';

export interface GuardedOptions extends StopSignals {
  /** Reads what it prints, except what goes to the program's own `stdout`. */
  readonly read: (stream: Readable) => void;
}

/** Variables that the announcing shell sets, and that the program gets only where it is given them. */
const OF_THE_SHELL = ['PWD', 'OLDPWD', 'SHLVL'];

/** Rejects with the system's error where the program cannot be started. */
export async function runGuarded(asked: Program, options: GuardedOptions): Promise<ProgramEnd> {
  const { program, args, cwd, env, stdout } = asked;
  checkProgram(asked);
  const hidden = OF_THE_SHELL.filter((name) => env[name] === undefined).join(' ');
  const script = hidden === '' ? ANNOUNCED : `unset ${hidden}; ${ANNOUNCED}`;
  const child = spawn('/bin/sh', ['-c', script, 'sh', program, ...args], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', stdout ?? 'pipe', 'pipe', guardChannel()],
  });
  if (child.pid !== undefined) noteGroup(child.pid);
  for (const stream of [child.stdout, child.stderr]) if (stream) options.read(stream);
  const dispose = stopping(child, options);
  try {
    return await ended(child);
  } finally {
    dispose();
    // Ends what is left of the group, and stops reading from programs that left it.
    killGroup(child, 'SIGKILL');
    child.stdout?.destroy();
    child.stderr?.destroy();
    if (child.pid !== undefined) forgetGroup(child.pid);
  }
}

function ended(child: ChildProcess): Promise<ProgramEnd> {
  return new Promise((done, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      // Programs that it left running would keep its output open and could still write into the artifact.
      killGroup(child, 'SIGKILL');
      const drain = setTimeout(done, DRAIN_MS, { code, signal });
      child.on('close', () => {
        clearTimeout(drain);
        done({ code, signal });
      });
    });
  });
}

/** Throws what the system would say of a program that is not there or may not be executed: the shell only prints it. */
function checkProgram({ program, cwd, env }: Program): void {
  const folders = program.includes('/') ? [''] : (env['PATH'] ?? '/usr/bin:/bin').split(delimiter);
  const states = folders.map((folder) => stateOf(resolve(cwd, folder, program)));
  if (states.includes('executable')) return;
  const code = states.includes('refused') ? 'EACCES' : 'ENOENT';
  throw Object.assign(new Error(`spawn ${program} ${code}`), { code, syscall: 'spawn', path: program });
}

function stateOf(path: string): 'executable' | 'refused' | 'missing' {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? 'executable' : 'refused';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'refused' : 'missing';
  }
}
