import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { compressionIn, CONTENTS } from '../../history/archive.ts';

const ARCHIVE = /\.(tar|tar\.gz|tgz|tar\.zst|tzst)$/i;

/** Whether a name on the command line is that of an exported run: an archive, or the folder of an unpacked one. */
export function isExport(name: string): boolean {
  const stat = statSync(name, { throwIfNoEntry: false });
  if (stat?.isDirectory()) {
    if (existsSync(join(name, CONTENTS))) return true;
    throw new PipelineError('E_USAGE', `${name} is a folder and no exported run: it has no ${CONTENTS}`, {
      hint: 'Name a spec, a run, or what `pipeline export` wrote.',
    });
  }
  if (stat === undefined && ARCHIVE.test(name))
    throw new PipelineError('E_USAGE', `there is no file ${name}`, {
      hint: 'Write an archive with `pipeline export`.',
    });
  return stat !== undefined && (ARCHIVE.test(name) || compressionIn(name) !== undefined);
}

/** For what is no spec: an exported or a recorded run. */
export function refuseChanges(
  name: string,
  { set, params }: { readonly set?: unknown; readonly params?: unknown },
): void {
  if (set === undefined && params === undefined) return;
  throw new PipelineError('E_USAGE', `--set and --params change a spec, and ${name} is none`, {
    hint: 'Name the spec, or leave them out.',
  });
}
