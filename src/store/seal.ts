/** Turns a folder that a stage has filled into one that can be published. Runs where the stage ran. */
import { chmodSync, lstatSync, readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';
import { doDurably, type DurableWork } from '../base/durable.ts';
import { digestByPieces } from '../base/hash.ts';
import { MANIFEST } from './layout.ts';
import type { ArtifactFile } from './manifest.ts';

/** Every plain file below a folder, by relative path, in code-unit order. Links and devices are an error. */
function listFiles(folder: string): string[] {
  const found: string[] = [];
  const visit = (relative: string): void => {
    for (const entry of entriesOf(join(folder, relative), relative)) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (path.includes('\ufffd'))
        throw new PipelineError('E_ARTIFACT', `the name of the file ${path} is not UTF-8`, {
          hint: 'Write the file under a name of UTF-8 characters, so that every machine can read it.',
        });
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) found.push(path);
      else
        throw new PipelineError(
          'E_ARTIFACT',
          `${path} is neither a file nor a folder, so it cannot be kept`,
          {
            hint: 'An artifact contains plain files only. Write the content instead of a link to it.',
          },
        );
    }
  };
  visit('');
  return found.sort();
}

function entriesOf(folder: string, relative: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (relative !== '' || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new PipelineError('E_ARTIFACT', 'the stage removed its output folder', {
      hint: 'Write into the folder "$OUTPUT" of a command, or `context.output` of your own kind, and leave it there.',
      cause: error,
    });
  }
}

/** Hashes and write-protects every file; `logical` gives digests of files whose bytes are not canonical. */
export function seal(folder: string, logical: Readonly<Record<string, string>>): ArtifactFile[] {
  return doDurably(sealing(folder, logical));
}

/** The same in turns. Nothing is flushed yet: the store does that, where it is one on a disk. */
export function* sealing(
  folder: string,
  logical: Readonly<Record<string, string>>,
): DurableWork<ArtifactFile[]> {
  const paths = listFiles(folder);
  if (paths.includes(MANIFEST))
    throw new PipelineError('E_ARTIFACT', `a stage may not write ${MANIFEST}: the name is reserved`, {
      hint: 'Give the file another name.',
    });
  for (const path of Object.keys(logical))
    if (!paths.includes(path)) throw new Error(`digest given for ${path}, which was not written`);
  const sealed: ArtifactFile[] = [];
  for (const path of paths) {
    const file = join(folder, path);
    chmodSync(file, 0o444);
    const { size } = lstatSync(file);
    const digest = { path, size, sha256: yield* inTurns(digestByPieces(file)) };
    sealed.push(logical[path] === undefined ? digest : { ...digest, logical: logical[path] });
  }
  return sealed;
}

function* inTurns<T>(work: Generator<void, T>): DurableWork<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    yield [];
  }
}
