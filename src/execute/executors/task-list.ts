/**
 * Tasks that were handed out together as a list, such as those of a job array. Starting a job often takes longer than a
 * stage does, so a worker whose own task ends soon goes on with others that nobody has begun. A task is taken before it
 * is begun, so that it is executed once.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { reasonOf, systemError } from '../../base/system-error.ts';
import { taskFiles, type TaskFiles } from './task.ts';

/** The file names one task a line; the number of a line, from 0, is that of an element. Throws `E_USAGE`. */
export function readTaskList(file: string): TaskFiles[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => taskFiles(resolve(line)));
  } catch (error) {
    throw new PipelineError('E_USAGE', `the list of tasks ${file} cannot be read: ${reasonOf(error)}`, {
      hint: 'The machine that executes tasks needs the same folders as the one that plans them.',
    });
  }
}

/**
 * Whether the task is the element's from now on; false where somebody was first. `null` is a coordinator that does not
 * want it executed any more. Throws `E_STORE` where the store cannot be written. Whoever dies or fails here leaves an empty
 * file: nobody executes the task, and its coordinator hands it out again.
 */
export function takeTask({ taken }: Pick<TaskFiles, 'taken'>, element: number | null): boolean {
  try {
    writeFileSync(taken, JSON.stringify(element), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw systemError('E_STORE', 'the task cannot be taken', error);
  }
}

/** Who has taken the task; undefined where nobody has, or did not live to say so. */
export function takerOf({ taken }: Pick<TaskFiles, 'taken'>): number | null | undefined {
  try {
    return JSON.parse(readFileSync(taken, 'utf8')) as number | null;
  } catch {
    return undefined;
  }
}

/**
 * The tasks for the worker of `own`, each taken as it is asked for: its own, then others as long as `mayGoOn`. They are
 * taken from the end of the list, since schedulers start its beginning first. Throws `E_USAGE` where the list lacks its own.
 */
export function* taking(
  own: TaskFiles,
  list: readonly TaskFiles[],
  mayGoOn: () => boolean,
): Generator<TaskFiles, undefined> {
  const element = list.findIndex(({ task }) => task === own.task);
  if (element < 0)
    throw new PipelineError('E_USAGE', `the task ${own.task} is not in the list of tasks`, {
      hint: 'Name a list with a line for the task of `--task` itself.',
    });
  if (!takeTask(own, element)) return;
  yield own;
  for (const files of list.toReversed()) {
    if (!mayGoOn()) return;
    if (takeTask(files, element)) yield files;
  }
}
