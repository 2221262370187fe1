/** Turns a folder that a stage has filled into one that can be published. Runs in the stage's own process. */
import { chmodSync, lstatSync, readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';
import { flush } from '../base/files.ts';
import { digestOfFile } from '../base/hash.ts';
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
    flush(join(folder, relative));
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

/** Hashes, flushes and write-protects every file; `logical` gives digests of files whose bytes are not canonical. */
export function seal(folder: string, logical: Readonly<Record<string, string>>): ArtifactFile[] {
  const paths = listFiles(folder);
  if (paths.includes(MANIFEST))
    throw new PipelineError('E_ARTIFACT', `a stage may not write ${MANIFEST}: the name is reserved`, {
      hint: 'Give the file another name.',
    });
  for (const path of Object.keys(logical))
    if (!paths.includes(path)) throw new Error(`digest given for ${path}, which was not written`);
  return paths.map((path) => {
    const file = join(folder, path);
    chmodSync(file, 0o444);
    flush(file);
    const digest = { path, size: lstatSync(file).size, sha256: digestOfFile(file) };
    return logical[path] === undefined ? digest : { ...digest, logical: logical[path] };
  });
}
