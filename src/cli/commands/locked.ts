/** The lock of `run --locked`: read and checked before anything runs, and summed up afterwards. */
import { basename, relative } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { holdToLock, type LockHold } from '../../execute/hold-to-lock.ts';
import { lockFileOf, readLock } from '../../lockfile/lock-file.ts';
import type { Planner } from '../../plan/planner.ts';
import { printNotice } from '../render/output.ts';
import { missingLock } from './lock.ts';

/** Throws `E_LOCK` where there is no lock, or a selected stage is not in it. */
export function openHold(
  planner: Planner,
  selected: ReadonlySet<string>,
): Pick<LockHold, 'review'> & { readonly print: () => void } {
  const file = lockFileOf(planner.spec.file);
  const shown = relative(process.cwd(), file);
  const lock = readLock(file);
  if (!lock) throw missingLock(shown);
  const absent = [...selected].filter((name) => !Object.hasOwn(lock.stages, name));
  if (absent.length > 0) {
    const others = absent.length === 1 ? '' : ` and ${absent.length - 1} more`;
    throw new PipelineError('E_LOCK', `${shown} does not have the stage '${absent[0]!}'${others}`, {
      hint: 'Run without `--locked`, then write the lock again with `pipeline lock`.',
    });
  }
  const names = new Set(planner.order.map(({ name }) => name));
  const gone = Object.keys(lock.stages).filter((name) => !names.has(name));
  const { review, held } = holdToLock(lock, file, planner);
  return {
    review,
    print(): void {
      for (const line of summary(held(), basename(file), gone)) printNotice(line);
    },
  };
}

function summary(held: ReturnType<LockHold['held']>, file: string, gone: readonly string[]): string[] {
  const stages = held.size === 1 ? 'stage has' : 'stages have';
  const lines = [`locked: ${held.size} ${stages} the bytes of ${file}`];
  const others = [...held].filter(([, because]) => because.length > 0);
  for (const [name, because] of others)
    lines.push(`  ${name}: same bytes under another key: ${because.join('; ')}`);
  if (others.length > 0) lines.push('  `pipeline lock` writes the new keys.');
  if (gone.length > 0) lines.push(`  no longer in the spec: ${gone.join(', ')}`);
  return lines;
}
