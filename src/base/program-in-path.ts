import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Absolute path of a program that the shell would find, or undefined; a name with a slash is a path already. */
export function programInPath(name: string): string | undefined {
  if (name.includes('/')) return isExecutable(name) ? resolve(name) : undefined;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
