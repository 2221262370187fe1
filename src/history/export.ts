/** Writes the archive of a run; archive.ts describes its layout. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import { PipelineError } from '../base/diagnostic.ts';
import { publishFile } from '../base/files.ts';
import { MANIFEST } from '../store/layout.ts';
import type { ArtifactFile } from '../store/manifest.ts';
import type { Artifact } from '../store/store.ts';
import { compressionOf, compressor, CONTENTS, type Contents } from './archive.ts';
import type { Notes } from './notes.ts';
import type { RunRecord } from './record.ts';

export interface Export {
  readonly record: RunRecord;
  readonly notes: Notes;
  /** Without duplicates. */
  readonly artifacts: readonly Artifact[];
}

/** Writes the archive; the file appears when it is complete. Throws `E_STORE` if an artifact is damaged. */
export async function writeArchive(exported: Export, file: string, signal: AbortSignal): Promise<void> {
  const compression = compressor(compressionOf(file));
  const aside = join(dirname(file), `.${randomUUID()}.part`);
  const tar = pack();
  try {
    const written = pipeline([tar, ...compression, createWriteStream(aside, { flags: 'wx' })], { signal });
    await Promise.all([written, fill(tar, exported)]);
    publishFile(aside, file);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

async function fill(tar: Pack, { record, notes, artifacts }: Export): Promise<void> {
  try {
    const contents: Contents = {
      format: 1,
      run: record.id,
      artifacts: artifacts.map(({ manifest: { kind, key, digest } }) => ({ kind, key, digest })),
    };
    await addText(tar, CONTENTS, contents);
    await addText(tar, `runs/${record.id}.json`, record);
    if (notes.tags.length > 0 || notes.note !== null)
      await addText(tar, `runs/notes/${record.id}.json`, { format: 1, ...notes });
    for (const { path, manifest } of artifacts) {
      const folder = `artifacts/${manifest.kind}/${manifest.key}`;
      await addText(tar, `${folder}/${MANIFEST}`, manifest);
      for (const each of manifest.files)
        await addFile(tar, `${folder}/${each.path}`, join(path, each.path), each);
    }
    tar.finalize();
  } catch (error) {
    tar.destroy(error as Error);
    throw error;
  }
}

/** The same time for all entries, so that the archive does not depend on when it was written. */
const MTIME = new Date(0);

async function addText(tar: Pack, name: string, value: unknown): Promise<void> {
  const content = Buffer.from(`${JSON.stringify(value, null, 1)}\n`);
  await add(tar, name, content.length, Readable.from([content]));
}

async function addFile(tar: Pack, name: string, path: string, { size, sha256 }: ArtifactFile): Promise<void> {
  const hash = createHash('sha256');
  const source = createReadStream(path).on('data', (chunk) => hash.update(chunk));
  await add(tar, name, size, source);
  if (hash.digest('hex') !== sha256)
    throw new PipelineError('E_STORE', `${path} has changed since it was made`, {
      hint: 'Run `pipeline verify` to move the damaged artifact aside, run the spec again, then export.',
    });
}

async function add(tar: Pack, name: string, size: number, source: Readable): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const entry = tar.entry({ name, size, mtime: MTIME, mode: 0o644 }, (error) => {
      if (error) reject(error);
      else resolve();
    });
    pipeline(source, entry).catch(reject);
  });
}
