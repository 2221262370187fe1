/** Where this package is installed, found from this module's path, so that sources and the built command agree. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error('package.json of this package not found');
  }
}

/** Absolute path of the package's folder. */
export const INSTALLATION = findRoot();
/** Folder of the built modules. */
export const DIST = join(INSTALLATION, 'dist');

function packageJson(folder: string): { name: string; version: string } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; version: string };
}

let own: { name: string; version: string } | undefined;

export function ownPackage(): { readonly name: string; readonly version: string } {
  own ??= packageJson(INSTALLATION);
  return own;
}

/** The installed version of an npm package as resolved from `from`, or undefined if it is not installed. */
export function installedVersion(name: string, from: string = INSTALLATION): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return packageJson(candidate).version;
    if (folder === dirname(folder)) return undefined;
  }
}
