/** A run in the folder of an unpacked archive; archive.ts describes its layout. Nothing in it is trusted or changed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../base/system-error.ts';
import { MANIFEST } from '../store/layout.ts';
import { faultsOf } from '../store/local/verify.ts';
import { CONTENTS } from './archive.ts';
import { checkManifest, contentsOf, recordOf, refused, type Received } from './import.ts';

/** Reads a folder that `tar -x` made of an archive, and checks it as an import does. Throws `E_ARCHIVE`. */
export function readUnpacked(folder: string): Received {
  const contents = contentsOf(jsonIn(folder, CONTENTS));
  const record = recordOf(jsonIn(folder, `runs/${contents.run}.json`), contents.run, contents);
  const artifacts = contents.artifacts.map((announced) => {
    const { kind, key } = announced;
    const name = `artifacts/${kind}/${key}`;
    const manifest = jsonIn(folder, `${name}/${MANIFEST}`);
    checkManifest(manifest, announced);
    const path = join(folder, name);
    const [fault] = faultsOf({ kind, key, path, manifest });
    if (fault !== undefined) throw refused(`${name}: ${fault}`);
    return { folder: path, work: path, manifest };
  });
  return { record, notes: undefined, artifacts };
}

function jsonIn(folder: string, name: string): never {
  try {
    return JSON.parse(readFileSync(join(folder, name), 'utf8')) as never;
  } catch (error) {
    throw refused(`${join(folder, name)} cannot be read: ${reasonOf(error)}`);
  }
}
