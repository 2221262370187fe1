/**
 * The npm packages behind a user's kind that stay outside its bundle: each imported one and all that these depend on,
 * by name and version. A package that is linked from outside node_modules has no version that can be relied on, so its
 * content counts.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { digestOf, digestOfFile } from '../base/hash.ts';
import { filesOf } from '../base/walk.ts';

export interface Packages {
  /** `name@version` of each; a linked one with the digest of its content. */
  readonly versions: Set<string>;
  /** The files whose change may change the versions: what is remembered of a kind depends on them. */
  readonly files: Set<string>;
  /** Folders of packages that have been noted. */
  readonly noted: Set<string>;
}

export function noPackages(): Packages {
  return { versions: new Set(), files: new Set(), noted: new Set() };
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: object;
  readonly optionalDependencies?: object;
  readonly peerDependencies?: object;
}

export function isInPackage(file: string): boolean {
  return file.split(sep).includes('node_modules');
}

/** Notes the package that contains a file of node_modules, and its dependencies. `from`: folder of the importing module. */
export async function notePackage(file: string, from: string, packages: Packages): Promise<void> {
  // Some packages have further package.json files that only say how a folder is read.
  for (let folder = dirname(file); isInPackage(folder); folder = dirname(folder)) {
    const { name } = manifestIn(folder);
    if (name === undefined) continue;
    // A nearer package of this name may be installed later.
    locate(name, from, packages);
    await noteFolder(folder, packages);
    return;
  }
}

async function noteFolder(folder: string, packages: Packages): Promise<void> {
  if (packages.noted.has(folder)) return;
  packages.noted.add(folder);
  packages.files.add(join(folder, 'package.json'));
  const manifest = manifestIn(folder);
  const version = `${manifest.name ?? '?'}@${manifest.version ?? '?'}`;
  packages.versions.add(version);
  if (!isInPackage(folder)) packages.versions.add(`${version} ${await contentOf(folder, packages)}`);
  const { dependencies, optionalDependencies, peerDependencies } = manifest;
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
    const found = locate(name, folder, packages);
    if (found !== undefined) await noteFolder(found, packages);
  }
}

/** Where Node finds a package from a folder. Every place that it looks at before counts as a file to watch. */
function locate(name: string, from: string, packages: Packages): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (!folder.endsWith(`${sep}node_modules`)) {
      const found = join(folder, 'node_modules', name);
      packages.files.add(join(found, 'package.json'));
      if (existsSync(found)) return realpathSync(found);
    }
    if (folder === dirname(folder)) return undefined;
  }
}

/** Without its own dependencies, which are noted by themselves. */
async function contentOf(folder: string, { files }: Packages): Promise<string> {
  const found = (await filesOf(folder)).filter(({ name }) => !/(^|\/)(node_modules|\.git)\//.test(name));
  for (const { path } of found) files.add(path).add(dirname(path));
  return digestOf(found.map(({ name, path }) => `${name} ${digestOfFile(path)}\n`).join(''));
}

function manifestIn(folder: string): Manifest {
  const path = join(folder, 'package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : {};
}
