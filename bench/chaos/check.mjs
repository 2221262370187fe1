// Checks what must hold for a store at any moment, without any of the pipeline's own code.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const OTHERS = new Set(['tmp', 'runs', 'locks', 'logs', 'resume', 'downloads', 'cache']);

const sha256 = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');
const list = (folder) => (existsSync(folder) ? readdirSync(folder) : []);

/** Faults of all artifacts in the store: each must be complete, read-only and match its manifest. */
export function artifactFaults(store) {
  const faults = [];
  for (const kind of list(store).filter((name) => !OTHERS.has(name) && !name.startsWith('.')))
    for (const key of list(join(store, kind)).filter((name) => /^[0-9a-f]{64}$/.test(name))) {
      const folder = join(store, kind, key);
      const where = `${kind}/${key.slice(0, 8)}`;
      let manifest;
      try {
        manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
      } catch (error) {
        faults.push(`${where}: manifest: ${error.message}`);
        continue;
      }
      if (manifest.key !== key) faults.push(`${where}: its manifest tells of ${manifest.key}`);
      const listed = new Set(['manifest.json', ...manifest.files.map(({ path }) => path)]);
      for (const { path, size, sha256: digest } of manifest.files) {
        const file = join(folder, path);
        if (!existsSync(file)) faults.push(`${where}: ${path} is missing`);
        else if (statSync(file).size !== size || sha256(file) !== digest)
          faults.push(`${where}: ${path} differs`);
        else if ((statSync(file).mode & 0o222) !== 0) faults.push(`${where}: ${path} can be written`);
      }
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name).slice(folder.length + 1);
        if (entry.isFile() && !listed.has(path)) faults.push(`${where}: ${path} is in no manifest`);
      }
    }
  return faults;
}

/** True for a folder whose process died before it wrote its owner: it is empty and is removed after a day. */
function isNameless(folder) {
  const names = list(folder);
  if (names.length === 0) return true;
  try {
    JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8'));
    return false;
  } catch {
    return names.length === 1;
  }
}

/** Leftover work folders and locks. A run that executes something removes old ones first, so it must leave none. */
export const leftovers = (store) => [
  ...list(join(store, 'tmp')).filter((name) => !isNameless(join(store, 'tmp', name))),
  ...list(join(store, 'locks')),
];

/** Artifacts that a run reported as finished and that are missing now. */
export const lost = (finished) =>
  finished.filter(({ path }) => !existsSync(path)).map(({ stage }) => `${stage} was finished and is gone`);

/** Output that no user should see: our own stack traces. */
export const stacks = ({ stderr }) =>
  /internal error|^\s+at .*\(/m.test(stderr) ? [`shows a stack: ${stderr.slice(0, 400)}`] : [];

export const sameDigests = (found, wanted) =>
  JSON.stringify(found) === JSON.stringify(wanted)
    ? []
    : [`digests differ: ${JSON.stringify({ found, wanted })}`];
