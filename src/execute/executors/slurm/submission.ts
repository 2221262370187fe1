/**
 * Which job of Slurm a task is, in a file next to the task. It is written before the job is submitted, so that a
 * coordinator that is started again finds every job of its predecessor by its name, whenever that one died.
 */
import { readFileSync } from 'node:fs';
import { writeAtomically } from '../../../base/files.ts';
import type { Owner } from '../../../base/owner.ts';
import type { TaskFiles } from '../task.ts';

export interface Submission {
  readonly format: 1;
  /** The name of the job, which no other submission has. */
  readonly name: string;
  /** Position in the array; null for a job without one. */
  readonly index: number | null;
  /** What the job itself prints: what the worker says, and the words of Slurm. */
  readonly log: string;
  /** The coordinator that cancels the job when it is interrupted. */
  readonly owner: Owner;
}

function fileOf({ task }: TaskFiles): string {
  return task.replace(/\.json$/, '.slurm.json');
}

export function writeSubmission(files: TaskFiles, submission: Submission): void {
  writeAtomically(fileOf(files), JSON.stringify(submission));
}

export function readSubmission(files: TaskFiles): Submission | undefined {
  try {
    const read = JSON.parse(readFileSync(fileOf(files), 'utf8')) as Partial<Submission>;
    return read.format === 1 && typeof read.name === 'string' ? (read as Submission) : undefined;
  } catch {
    return undefined;
  }
}
