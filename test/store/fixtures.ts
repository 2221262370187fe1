import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../../src/base/hash.ts';
import { commitArtifact } from '../../src/store/local/artifacts.ts';
import { removeFolder } from '../../src/store/local/folders.ts';
import type { StoreLayout } from '../../src/store/layout.ts';
import { digestOfFiles, keyOf, type KeyDocument, type Manifest } from '../../src/store/manifest.ts';
import { seal } from '../../src/store/seal.ts';
import { beginWork } from '../../src/store/local/work.ts';
import type { Artifact } from '../../src/store/store.ts';

/** A manifest without files; `id` distinguishes it from others. */
export function manifestFor(id: number): Manifest {
  const document: KeyDocument = {
    format: 1,
    kind: 'made',
    code: 'c'.repeat(64) as Digest,
    parameters: { id },
    inputs: {},
    engine: null,
    libraries: {},
  };
  return {
    format: 1,
    kind: 'made',
    key: keyOf(document),
    digest: digestOfFiles([]),
    type: 'files',
    keyDocument: document,
    files: [],
    metrics: {},
    headline: null,
    producer: {
      version: '0',
      node: 'v20',
      platform: 'linux-x64',
      threads: 1,
      started: '2026-01-31T00:00:00.000Z',
      seconds: 1,
      peakMemoryBytes: 1,
    },
  };
}

/** A real artifact of one file, made as the runner makes them. */
export function makeArtifact(layout: StoreLayout, id: number, content = `content ${id}\n`): Artifact {
  return commitFilled(layout, id, (output) => {
    writeFileSync(join(output, 'content.txt'), content);
  });
}

/** An artifact with the files of a folder. */
export function storeFolder(layout: StoreLayout, id: number, folder: string): Artifact {
  return commitFilled(layout, id, (output) => {
    cpSync(folder, output, { recursive: true });
  });
}

function commitFilled(layout: StoreLayout, id: number, fill: (output: string) => void): Artifact {
  const empty = manifestFor(id);
  const work = beginWork(layout, empty.key);
  fill(work.output);
  const files = seal(work.output, {});
  const manifest = { ...empty, files, digest: digestOfFiles(files) };
  const { artifact } = commitArtifact(layout, { work: work.folder, folder: work.output, manifest });
  removeFolder(work.folder);
  removeFolder(work.resume);
  return artifact;
}
