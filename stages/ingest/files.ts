/** Resolves the paths, globs and URLs of a spec to files on this machine. Files are read elsewhere. */
import { statSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { globSync } from 'tinyglobby';
import { monotonic } from '../../src/base/clock.ts';
import { optionalInput, PipelineError, type StageContext } from '../../src/stage.ts';
import { download } from '../../src/store/download.ts';
import type { Files, IngestParams } from './parameters.ts';
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
  const root = optionalInput(context, 'files')?.path;
  return async (files) => {
    const found: FoundFile[] = [];
    for (const value of typeof files === 'string' ? [files] : files) {
      if (isUrl(value)) found.push(await fetchFile(context, value));
      else found.push(...localFiles(root !== undefined && !isAbsolute(value) ? join(root, value) : value));
    }
    return found;
  };
}

function isUrl(value: string): boolean {
  return /^https?:\/\//.test(value);
}

function localFiles(path: string): FoundFile[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile()) return [{ path, label: basename(path) }];
  if (stat?.isDirectory()) {
    throw new PipelineError('E_INPUT', `${path} is a folder, not a file`, {
      hint: `Write a glob for its files: \`${join(path, '*')}\`.`,
    });
  }
  const matches = /[*?[{]/.test(path) ? globSync(path, { absolute: true, dot: true, onlyFiles: true }) : [];
  if (matches.length === 0) {
    throw new PipelineError('E_INPUT', `there is no file ${path}`, {
      hint: 'Paths are relative to the spec file.',
    });
  }
  return matches.sort((a, b) => (a < b ? -1 : 1)).map((match) => ({ path: match, label: basename(match) }));
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
