/** Resolves the paths, globs and URLs of a spec to files on this machine. Files are read elsewhere. */
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { monotonic } from '../../src/base/clock.ts';
import { filesOf } from '../../src/base/walk.ts';
import { PipelineError, type StageContext } from '../../src/stage.ts';
import { download } from '../../src/store/download.ts';
import type { IngestParams } from './parameters.ts';
import type { Files } from './schema-parts.ts';
import { refuseMovingRevision } from './revision.ts';

export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  /** The file name in messages; its extension gives the encoding. */
  readonly label: string;
  /** Set for downloads. */
  readonly source?: { readonly url: string; readonly sha256: string; readonly bytes: number };
}

/** Returns the function that finds files: in the given order, those of a glob sorted by code unit. */
export function openSources(context: StageContext<IngestParams>): (files: Files) => Promise<FoundFile[]> {
  return async (files) => {
    const found: FoundFile[] = [];
    for (const value of typeof files === 'string' ? [files] : files) {
      if (isUrl(value)) found.push(await fetchFile(context, value));
      else found.push(...(await localFiles(value)));
    }
    return found;
  };
}

function isUrl(value: string): boolean {
  return /^https?:\/\//.test(value);
}

async function localFiles(path: string): Promise<FoundFile[]> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new PipelineError('E_INPUT', `${path} is a folder, not a file`, {
      hint: `Write a glob for its files: \`${join(path, '*')}\`.`,
    });
  }
  const found = await filesOf(path);
  if (found.length === 0) {
    throw new PipelineError('E_INPUT', `there is no file ${path}`, {
      hint: 'Paths are relative to the spec file.',
    });
  }
  return found.map((file) => ({ path: file.path, label: basename(file.path) }));
}

const PROGRESS_MS = 250;

async function fetchFile(context: StageContext<IngestParams>, url: string): Promise<FoundFile> {
  const sha256 = context.params.sha256?.[url];
  if (sha256 === undefined) refuseMovingRevision(url);
  const label = decodeURIComponent(basename(new URL(url).pathname));
  let reported = -Infinity;
  const { path, ...source } = await download({
    url,
    folder: context.downloads,
    sha256,
    signal: context.signal,
    log: (message) => {
      context.log(message);
    },
    progress: (done, total) => {
      if (monotonic() - reported < PROGRESS_MS && done !== total) return;
      reported = monotonic();
      context.progress({
        done,
        ...(total === undefined ? {} : { total }),
        unit: 'bytes',
        note: `downloading ${label}`,
      });
    },
  });
  return { path, label, source };
}
