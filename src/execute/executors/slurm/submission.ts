/**
 * Which job of Slurm a task is, in a file next to the task. It is written before the job is submitted, so that a
 * coordinator that is started again finds every job of its predecessor by its name, whenever that one died.
 */
import { readFileSync } from 'node:fs';
import { writeAtomically } from '../../../base/files.ts';
import type { Owner } from '../../../base/owner.ts';
import type { TaskFiles } from '../task.ts';
import { takerOf } from '../task-list.ts';

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

/** Where the task is executed: the element that was submitted for it, or another of its array that has taken it. */
export function takenBy(files: TaskFiles, submission: Submission): Submission {
  const index = submission.index === null ? null : takerOf(files);
  if (typeof index !== 'number' || index === submission.index) return submission;
  return { ...submission, index, log: submission.log.replace(/\.\d+\.log$/, `.${index}.log`) };
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
