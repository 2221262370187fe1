/** A throw-away project in which the built `pipeline` command really runs. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './run-kind.ts';

export const COMMAND = join(
  dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  'dist',
  'pipeline.cjs',
);

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

export interface Event {
  readonly type: string;
  readonly stage?: string;
  readonly [field: string]: unknown;
}

export interface Rig {
  readonly folder: string;
  write(files: Readonly<Record<string, string>>): void;
  read(path: string): string;
  start(...args: string[]): Running;
  pipeline(...args: string[]): Promise<Finished>;
  /** `pipeline run … --json`: what happened to each stage, by name, with the exit code. */
  run(...args: string[]): Promise<{
    readonly code: number | null;
    readonly stages: Record<string, string>;
    readonly events: Event[];
  }>;
  /** `pipeline show … --json`: stage → digest. */
  digests(spec: string): Promise<Record<string, string | null>>;
}

/** `folder`: an empty one that the caller removes, for a project that several tests share. */
export function makeRig(environment: NodeJS.ProcessEnv = {}, folder = temporaryFolder()): Rig {
  mkdirSync(join(folder, 'artifacts'));
  const start = (...args: string[]): Running => {
    const env = { ...process.env, NO_COLOR: '1', ...environment };
    const child = spawn(process.execPath, [COMMAND, ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const finished = new Promise<Finished>((resolve) => {
      child.on('close', (code, signal) => {
        resolve({ code, signal, stdout, stderr });
      });
    });
    return { child, finished };
  };
  const pipeline = (...args: string[]): Promise<Finished> => start(...args).finished;
  return {
    folder,
    start,
    pipeline,
    write(files): void {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
      }
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    async run(...args) {
      const { code, stdout } = await pipeline('run', ...args, '--json');
      const events = stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Event);
      const ends = events.filter(({ type }) => /^stage-(cached|finished|failed|skipped)$/.test(type));
      const stages = Object.fromEntries(ends.map(({ type, stage }) => [stage!, type.slice('stage-'.length)]));
      return { code, stages, events };
    },
    async digests(spec) {
      const { stdout } = await pipeline('show', spec, '--json');
      const { stages } = JSON.parse(stdout) as { stages: Record<string, { digest: string | null }> };
      return Object.fromEntries(Object.entries(stages).map(([name, { digest }]) => [name, digest]));
    },
  };
}
