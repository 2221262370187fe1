import { arch, platform } from 'node:os';
import { ownPackage } from '../../base/installation.ts';
import type { Kind } from '../../kinds/kind.ts';
import { digestOfFiles, type Manifest } from '../../store/manifest.ts';
import type { Job } from './job.ts';
import type { ChildResult } from './process/stage-child.ts';

/** The manifest of what a job has made on this machine. */
export function manifestOf(
  { key, document, threads }: Job,
  { name, declaration }: Kind,
  { files, metrics, headline, warnings, peakMemoryBytes, kernels }: Extract<ChildResult, { type: 'done' }>,
  timing: { readonly started: string; readonly seconds: number },
): Manifest {
  return {
    format: 1,
    kind: name,
    key,
    digest: digestOfFiles(files),
    type: declaration.output,
    keyDocument: document,
    files,
    metrics,
    headline,
    ...(warnings.length > 0 && { warnings }),
    producer: {
      version: ownPackage().version,
      node: process.version,
      platform: `${platform()}-${arch()}`,
      peakMemoryBytes,
      threads,
      ...(kernels.length > 0 && { kernels }),
      ...timing,
    },
  };
}
