/**
 * Tasks that were handed out together as a list, such as those of a job array. Starting a job costs more than many a stage:
 * whoever has executed his own task soon goes on with others that nobody has begun. A task is taken before it is begun,
 * so that it is executed once.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { PipelineError } from '../../base/diagnostic.ts';
import { reasonOf, systemError } from '../../base/system-error.ts';
import { taskFiles, type TaskFiles } from './task.ts';

/** The file names one task a line; the number of a line, from 0, is that of an element. Throws `E_USAGE`. */
export function readTaskList(file: string): TaskFiles[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map(taskFiles);
  } catch (error) {
    throw new PipelineError('E_USAGE', `the list of tasks ${file} cannot be read: ${reasonOf(error)}`, {
      hint: 'The machine that executes tasks needs the same folders as the one that plans them.',
    });
  }
}

/**
 * Whether the task is the element's from now on; false where somebody was first. `null` is a coordinator that does not
 * want it executed any more. Throws `E_STORE` where the store cannot be written.
 */
export function takeTask({ taken }: Pick<TaskFiles, 'taken'>, element: number | null): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(taken, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw systemError('E_STORE', 'the task cannot be taken', error);
  }
  writeSync(descriptor, JSON.stringify(element));
  closeSync(descriptor);
  return true;
}

/** Who has taken the task; undefined where nobody has. */
export function takerOf({ taken }: Pick<TaskFiles, 'taken'>): number | null | undefined {
  try {
    return JSON.parse(readFileSync(taken, 'utf8')) as number | null;
  } catch {
    return undefined;
  }
}

/**
 * The tasks for the worker of `own`, each taken as it is asked for: its own, then others as long as `mayGoOn`. They are
 * taken from the end of the list, since schedulers start its beginning first.
 */
export function* taking(
  own: TaskFiles,
  list: readonly TaskFiles[],
  mayGoOn: () => boolean,
): Generator<TaskFiles, undefined> {
  const element = list.findIndex(({ task }) => task === own.task);
  if (!takeTask(own, element)) return;
  yield own;
  for (const files of list.toReversed()) {
    if (!mayGoOn()) return;
    if (takeTask(files, element)) yield files;
  }
}
