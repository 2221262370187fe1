/**
 * Where native TensorFlow is, if anywhere: the npm packages @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node with
 * their addon, among our own packages or in the folder that scripts/install-tensorflow.mjs fills. Looks, loads nothing.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { INSTALLATION } from '../../base/installation.ts';

/** Filled by scripts/install-tensorflow.mjs; `npm ci` leaves it alone. */
const OWN_FOLDER = '.tensorflow';

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

export interface NativePackage {
  readonly name: (typeof PACKAGES)[number];
  readonly version: string;
  /** The package's folder. */
  readonly folder: string;
  /** Undefined: the package is there and its addon is not, as its install script did not run or failed. */
  readonly addon: string | undefined;
}

/** One with an addon before one without, a GPU's before a CPU's. */
export function findNativePackage(): NativePackage | undefined {
  const found = PACKAGES.flatMap((name) => foldersOf(name).map((folder) => describe(name, folder)));
  return found.find(({ addon }) => addon !== undefined) ?? found[0];
}

function foldersOf(name: string): string[] {
  const folders = [join(INSTALLATION, OWN_FOLDER)];
  for (let folder = INSTALLATION; ; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === dirname(folder)) break;
  }
  return folders
    .map((folder) => join(folder, 'node_modules', name))
    .filter((folder) => existsSync(join(folder, 'package.json')));
}

function describe(name: NativePackage['name'], folder: string): NativePackage {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  const lib = join(folder, 'lib');
  const built = existsSync(lib) ? readdirSync(lib).filter((entry) => entry.startsWith('napi-v')) : [];
  const addon = built.map((entry) => join(lib, entry, 'tfjs_binding.node')).find((path) => existsSync(path));
  return { name, version, folder, addon };
}
