/** The external files that a spec names, each resolved once however many stages read it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { distinct, PipelineError, type Diagnostic } from '../base/diagnostic.ts';
import type { PathParameter, Spec, StageSpec } from '../spec/spec.ts';
import { matchesFile, openExternalFiles, type ExternalSet } from '../store/external.ts';
import type { ResolvedPaths } from './key.ts';

const NONE: ResolvedPaths = new Map();

/** The files of one stage as they are now. Throws `E_INPUT` where a path names nothing any more. */
export async function resolveStagePaths(stage: StageSpec, cache: string): Promise<ResolvedPaths> {
  const external = openExternalFiles(cache);
  const files = new Map<string, ExternalSet>();
  for (const path of stage.paths.filter(isOutside)) {
    const found = await external.resolve(path.value);
    const { message, hint } = missingPath(stage, path);
    if (found.count === 0) throw new PipelineError('E_INPUT', `there is ${message} any more`, { hint });
    files.set(path.pointer, found);
  }
  external.save();
  return files;
}

/** Throws `E_SPEC` with a diagnostic for each path that names nothing. */
export async function resolvePaths(spec: Spec, cache: string): Promise<Map<string, ResolvedPaths>> {
  const external = openExternalFiles(cache);
  const known = new Map<string, ExternalSet>();
  const missing: Diagnostic[] = [];
  const resolved = new Map<string, ResolvedPaths>();
  for (const stage of spec.stages) {
    const outside = stage.paths.filter(isOutside);
    const files = outside.length === 0 ? NONE : new Map<string, ExternalSet>();
    for (const path of outside) {
      let found = known.get(path.value);
      if (!found) known.set(path.value, (found = await external.resolve(path.value)));
      if (found.count === 0) missing.push(missingPath(stage, path));
      (files as Map<string, ExternalSet>).set(path.pointer, found);
    }
    resolved.set(stage.name, files);
  }
  external.save();
  if (missing.length > 0)
    throw new PipelineError('E_SPEC', 'files that the spec names are missing', {
      diagnostics: distinct(missing),
    });
  return resolved;
}

/** A diagnostic for each path that names nothing. No file is read. */
export async function missingPaths(spec: Spec): Promise<Diagnostic[]> {
  const there = new Map<string, boolean>();
  const missing: Diagnostic[] = [];
  for (const stage of spec.stages)
    for (const path of stage.paths.filter(isOutside)) {
      if (!there.has(path.value)) there.set(path.value, await matchesFile(path.value));
      if (there.get(path.value) === false) missing.push(missingPath(stage, path));
    }
  return distinct(missing);
}

/** Whether a path names files outside the store: no URL, and not inside an input. */
export function isOutside(path: PathParameter): boolean {
  return path.rootedIn === undefined && !/^https?:\/\//.test(path.value);
}

function missingPath(stage: StageSpec, path: PathParameter): Diagnostic {
  const location = path.location ?? stage.location;
  if (path.package !== undefined && !existsSync(packageFolder(path.value, path.package)))
    return {
      severity: 'error',
      message: `the npm package ${path.package} is not installed`,
      location,
      hint: `Run \`npm install ${path.package}\` in the folder of the spec or above it.`,
    };
  return {
    severity: 'error',
    message: `no file, folder or match for ${path.value}`,
    location,
    hint: 'Relative paths start from the folder of the spec that they are written in.',
  };
}

/** The package's own folder, above the file. */
function packageFolder(file: string, name: string): string {
  const folder = join('node_modules', name);
  return file.slice(0, file.lastIndexOf(folder) + folder.length);
}
