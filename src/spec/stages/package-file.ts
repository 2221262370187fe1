/**
 * `npm:NAME` and `npm:NAME/FILE`: a file of an installed npm package, such as published word vectors. It is looked up as
 * Node looks up packages, from the folder of the spec upwards; nothing is installed or downloaded here.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isObject } from '../../base/json.ts';

const SPECIFIER = /^npm:((?:@[a-z0-9._~-]+\/)?[a-z0-9._~-]+)(?:\/(.+))?$/i;

export interface PackageFile {
  readonly name: string;
  /** Absolute; where the package is not installed, where it would be. */
  readonly path: string;
}

export const isPackageFile = (value: string): boolean => value.startsWith('npm:');

/** The file that `specifier` names: FILE, or else the package's `main`. Undefined if it names no package. */
export function packageFile(specifier: string, directory: string): PackageFile | undefined {
  const [, name, file] = SPECIFIER.exec(specifier) ?? [];
  if (name === undefined || name.startsWith('.') || file?.split(/[/\\]/).includes('..') === true)
    return undefined;
  const folder = installed(name, directory) ?? join(directory, 'node_modules', name);
  return { name, path: join(folder, file ?? mainOf(folder) ?? '') };
}

function installed(name: string, directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(at) === at) return undefined;
  }
}

/** Undefined if the package has no `main`, or its package.json cannot be read. */
function mainOf(folder: string): string | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return isObject(content) && typeof content['main'] === 'string' ? content['main'] : undefined;
  } catch {
    return undefined;
  }
}
