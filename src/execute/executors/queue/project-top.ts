/**
 * The top of a project, from which a coordinator names the folder of its spec, and a worker finds the same folder in its
 * own copy. A copy of the files alone has no mark: then it is the folder that the worker was started in.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const MARKS = ['.git', 'package.json'];

export function projectTop(folder: string): string {
  for (let above = folder; ; above = dirname(above)) {
    if (MARKS.some((mark) => existsSync(join(above, mark)))) return above;
    if (above === dirname(above)) return folder;
  }
}
