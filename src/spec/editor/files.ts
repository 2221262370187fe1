/**
 * The files that decide what a spec says, valid or not: itself, its bases, and the modules of users' kinds. Forgiving,
 * for `run --watch`: a spec that cannot be read is at least one file.
 */
import { dirname, resolve } from 'node:path';
import { isObject } from '../../base/json.ts';
import { toJson } from '../text/tree.ts';
import type { Source } from '../text/source.ts';
import { readMerged } from '../values/bases.ts';

/** Absolute paths. */
export function filesOfSpec(file: string): string[] {
  const sources = new Map<string, Source>();
  const root = readMerged(resolve(file), {
    report: () => undefined,
    env: process.env,
    used: new Map(),
    sources,
  });
  const spec = root === undefined ? {} : toJson(root);
  const stages = isObject(spec) && isObject(spec['stages']) ? Object.values(spec['stages']) : [];
  const modules = stages.flatMap((stage) => {
    const uses = isObject(stage) ? stage['uses'] : undefined;
    return typeof uses === 'string' && /[/\\]/.test(uses) ? [uses] : [];
  });
  // A path in a base starts from the base's folder.
  const folders = [...new Set([resolve(file), ...sources.keys()].map(dirname))];
  return [
    ...new Set([
      resolve(file),
      ...sources.keys(),
      ...modules.flatMap((module) => folders.map((folder) => resolve(folder, module))),
    ]),
  ];
}
