/** Runs the command as a terminal would, and inspects what it leaves behind. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND, type Finished, type Rig } from './rig.ts';

export interface Job {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** What it has printed so far. */
  printed(): string;
  /** To the whole process group, as Ctrl-C does. */
  signal(name: NodeJS.Signals): void;
}

/** Starts the command in its own process group, like a shell's foreground job. */
export function startJob(rig: Rig, args: readonly string[], env: NodeJS.ProcessEnv = {}): Job {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: rig.folder,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const finished = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
    stderr,
  }));
  return {
    child,
    finished,
    printed: () => stdout + stderr,
    signal(name): void {
      process.kill(-child.pid!, name);
    },
  };
}

/** The process number that a stage's command wrote with `echo $$ > file`. */
export function pidIn(file: string): number | undefined {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text.endsWith('\n') ? Number(text) : undefined;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    // A zombie is dead: nobody has asked for its exit code yet.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}

/** What a store holds that is neither an artifact nor a record: nothing, when nothing runs. */
export function leftovers(store: string): string[] {
  return ['tmp', 'locks'].flatMap((name) =>
    existsSync(join(store, name)) ? readdirSync(join(store, name)).map((entry) => `${name}/${entry}`) : [],
  );
}

/** Folders of finished artifacts of one kind, by key. */
export function artifactsOf(store: string, kind: string): string[] {
  return existsSync(join(store, kind)) ? readdirSync(join(store, kind)).sort() : [];
}

/** All processes, where the system lists them as files. */
export function processes(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

export function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

export function childrenOf(parent: number): number[] {
  return processes().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/status`, 'utf8').includes(`\nPPid:\t${parent}\n`);
    } catch {
      return false;
    }
  });
}
