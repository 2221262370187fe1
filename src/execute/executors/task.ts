/**
 * A task: a job in a file, for a worker that `pipeline exec` starts elsewhere. Next to the file the worker writes what
 * happens (`.events`) and what came of it (`.result.json`). A key has a new task for every time it is handed out, so that
 * a worker that was given up never writes into the files of its successor.
 */
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { namesIn, writeAtomically } from '../../base/files.ts';
import type { Key } from '../../base/hash.ts';
import { reasonOf } from '../../base/system-error.ts';
import type { StoreLayout } from '../../store/layout.ts';
import type { JobResult } from '../executor.ts';
import type { Job } from '../job/job.ts';

export interface Task {
  readonly format: 1;
  /** The spec's folder where the job was planned. A worker that has it elsewhere is told so (`--project`). */
  readonly project: string;
  readonly job: Job;
}

/** What a worker reports at its end. A hint, like everything that is said about a job: the store decides. */
export interface TaskResult {
  readonly format: 1;
  readonly host: string;
  readonly result: JobResult;
}

export interface TaskFiles {
  readonly task: string;
  /** NDJSON of `TaskEvent`, appended by the worker. */
  readonly events: string;
  readonly result: string;
  /** Written by whoever begins with a task of a list (`task-list.ts`). */
  readonly taken: string;
  /** What the worker itself prints, where it is started by a scheduler. The stage's own log is elsewhere. */
  readonly log: string;
}

export function taskFiles(task: string): TaskFiles {
  const base = task.replace(/\.json$/, '');
  return {
    task,
    events: `${base}.events`,
    result: `${base}.result.json`,
    taken: `${base}.taken`,
    log: `${base}.log`,
  };
}

/** The folder of all tasks of a key. */
function tasksOf(layout: StoreLayout, key: Key): string {
  return join(layout.tasks, key);
}

const NUMBERED = /^(\d+)\.json$/;

/** The tasks of a key in the order in which they were handed out. */
export function earlierTasks(layout: StoreLayout, key: Key): TaskFiles[] {
  const folder = tasksOf(layout, key);
  return namesIn(folder, 'empty')
    .filter((name) => NUMBERED.test(name))
    .sort((a, b) => Number.parseInt(a) - Number.parseInt(b))
    .map((name) => taskFiles(join(folder, name)));
}

/** Writes a new task into the store. Throws `E_STORE` where it cannot be written. */
export function writeTask(layout: StoreLayout, task: Task): TaskFiles {
  const { key } = task.job;
  const folder = tasksOf(layout, key);
  try {
    mkdirSync(folder, { recursive: true });
    const last = earlierTasks(layout, key).at(-1);
    for (let number = last ? Number.parseInt(basename(last.task)) + 1 : 1; ; number++) {
      const file = join(folder, `${number}.json`);
      // Taken with an empty file first, because another coordinator may be handing out the same key.
      if (!claimed(file)) continue;
      writeAtomically(file, JSON.stringify(task));
      return taskFiles(file);
    }
  } catch (error) {
    throw new PipelineError('E_STORE', `the task cannot be written (${folder}): ${reasonOf(error)}`, {
      hint: 'Workers elsewhere need a store that this machine can write. Name another folder with `--store`.',
      cause: error,
    });
  }
}

function claimed(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx'));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Throws `E_USAGE` where the file is not a task. */
export function readTask(file: string): Task {
  let task: Partial<Task>;
  try {
    task = JSON.parse(readFileSync(file, 'utf8')) as Partial<Task>;
  } catch (error) {
    throw new PipelineError('E_USAGE', `the task ${file} cannot be read: ${reasonOf(error)}`, {
      hint: 'The machine that executes tasks needs the same folders as the one that plans them.',
    });
  }
  if (task.format === 1 && typeof task.project === 'string' && typeof task.job?.key === 'string')
    return task as Task;
  throw new PipelineError('E_USAGE', `${file} is not a task of this version`, {
    hint: 'A coordinator with another executor than `local` writes tasks. Install the same version as there.',
  });
}

/** What the worker reported; undefined where it has not ended, or died before it could say. */
export function readTaskResult({ result }: Pick<TaskFiles, 'result'>): TaskResult | undefined {
  try {
    const read = JSON.parse(readFileSync(result, 'utf8')) as Partial<TaskResult>;
    return read.format === 1 && read.result ? (read as TaskResult) : undefined;
  } catch {
    return undefined;
  }
}

export function writeTaskResult({ result }: Pick<TaskFiles, 'result'>, report: TaskResult): void {
  writeAtomically(result, JSON.stringify(report), { durable: true });
}
