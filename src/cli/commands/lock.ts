/** `pipeline lock`: writes the digests of a spec's current results beside it, or checks them. It executes nothing. */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { writeAtomically } from '../../base/files.ts';
import { compareWithLock, explanation } from '../../lockfile/compare.ts';
import { lockFileOf, lockText, readLock, type LockedStage, type LockFile } from '../../lockfile/lock-file.ts';
import { lockedStage } from '../../lockfile/mask.ts';
import type { PlanEntry } from '../../plan/plan.ts';
import { engineText } from '../../plan/reason.ts';
import { openPlan, type SpecOptions } from '../../session.ts';
import type { Manifest } from '../../store/manifest.ts';
import { printJson, printResult } from '../render/output.ts';
import { openSpec } from './open-spec.ts';

export interface LockOptions extends SpecOptions {
  readonly check?: boolean;
  readonly json?: boolean;
}

export async function lockCommand(file: string, options: LockOptions): Promise<number> {
  const session = await openSpec(file, options);
  const { planner, plan } = await openPlan(session);
  const manifests = manifestsOf(file, plan.entries);
  const target = lockFileOf(session.spec.file);
  const shown = relative(process.cwd(), target);
  const before = readBefore(target, shown, options.check === true);
  const faults: string[] = [];
  const notes: string[] = [];
  const stages: Record<string, LockedStage> = {};
  for (const { stage } of plan.entries) {
    const { name } = stage;
    const manifest = manifests.get(name)!;
    const locked = before?.stages[name];
    stages[name] = lockedAgain(locked, manifest);
    if (!locked) {
      faults.push(`${name}  not in the lock`);
      continue;
    }
    const comparison = compareWithLock(locked, manifest, planner.context(stage));
    if (comparison.bytes === 'other') faults.push(`${name}  other bytes: ${explanation(comparison)}`);
    else if (comparison.key === 'other')
      notes.push(`${name}  same bytes, other key: ${comparison.because.join('; ')}`);
  }
  for (const name of Object.keys(before?.stages ?? {}).sort())
    if (!manifests.has(name)) faults.push(`${name}  no longer in the spec`);
  const count = `${manifests.size} stage${manifests.size === 1 ? '' : 's'}`;
  if (options.check) {
    const holds = faults.length === 0;
    const title = holds ? `${shown} holds: ${count}` : `${shown} does not hold`;
    if (options.json) printJson({ file: target, holds, differences: faults, notes });
    else printResult([...faults, ...notes, title].join('\n'));
    return holds ? 0 : 1;
  }
  const engine = plan.engine === null ? null : engineText(plan.engine);
  const text = lockText({ format: 1, spec: session.spec.name, engine, stages });
  const written = !existsSync(target) || readFileSync(target, 'utf8') !== text;
  if (written) writeAtomically(target, text);
  if (options.json) printJson({ file: target, written, stages: Object.keys(stages).sort() });
  else {
    const changes = before ? [...faults, ...notes] : [];
    printResult([...changes, `${shown} ${written ? 'written' : 'is up to date'}: ${count}`].join('\n'));
  }
  return 0;
}

/** The lock as it is. A damaged one is replaced; `--check` needs a whole one. */
function readBefore(target: string, shown: string, check: boolean): LockFile | undefined {
  let lock: LockFile | undefined;
  try {
    lock = readLock(target);
  } catch (error) {
    if (check) throw error;
    return undefined;
  }
  if (check && !lock) throw missingLock(shown);
  return lock;
}

export function missingLock(shown: string): PipelineError {
  return new PipelineError('E_LOCK', `there is no ${shown}`, {
    hint: 'Write it with `pipeline lock` after a run.',
  });
}

/** Where nothing else has changed, the entry still says where its bytes were first made: no noise in git. */
function lockedAgain(locked: LockedStage | undefined, manifest: Manifest): LockedStage {
  const now = lockedStage(manifest);
  return locked?.key === now.key && locked.digest === now.digest ? { ...now, made: locked.made } : now;
}

/** Throws `E_NOT_READY` where a stage has no current result. */
function manifestsOf(file: string, entries: readonly PlanEntry[]): ReadonlyMap<string, Manifest> {
  const manifests = new Map<string, Manifest>();
  const missing: string[] = [];
  for (const { stage, plan } of entries) {
    if (plan.state === 'cached') manifests.set(stage.name, plan.artifact.manifest);
    else missing.push(stage.name);
  }
  if (missing.length === 0) return manifests;
  const [first] = missing;
  const more = missing.length === 1 ? '' : ` and ${missing.length - 1} more`;
  const verb = missing.length === 1 ? 'has' : 'have';
  throw new PipelineError('E_NOT_READY', `'${first!}'${more} ${verb} no current result to lock`, {
    hint: `Make it first: \`pipeline run ${file}\`, with the same \`--set\`, \`--params\` and \`--store\`.`,
  });
}
