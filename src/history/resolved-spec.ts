/** The resolved spec in the record of a run: enough to execute the run again without the YAML file. */
import { PipelineError } from '../base/diagnostic.ts';
import type { Kind, KindCatalogue } from '../kinds/kind.ts';
import type { Spec, StageSpec } from '../spec/spec.ts';
import type { ResolvedSpec, ResolvedStage, RunRecord } from './record.ts';

export function resolvedOf(spec: Spec): ResolvedSpec {
  return { ...spec, stages: spec.stages.map(resolvedStage) };
}

function resolvedStage(stage: StageSpec): ResolvedStage {
  const { kind, paths } = stage;
  return {
    ...without(stage, ['kind', 'with', 'location', 'paths', 'splits']),
    uses: kind.file ?? kind.name,
    origin: kind.origin,
    code: kind.code,
    paths: paths.map((path) => without(path, ['location'])),
  };
}

function without<T extends object, K extends keyof T>(value: T, names: readonly K[]): Omit<T, K> {
  const left = Object.entries(value).filter(([name]) => !(names as readonly string[]).includes(name));
  return Object.fromEntries(left) as Omit<T, K>;
}

/** The spec of a recorded run, with the current kinds. Throws `E_KIND` if a kind no longer exists. */
export async function specOfRecord(record: RunRecord, kinds: KindCatalogue): Promise<Spec> {
  const { id, resolved, parameters, environment } = record;
  if (!resolved)
    throw new PipelineError('E_USAGE', `the record of run ${id} does not contain its spec`, {
      hint: `It was recorded by version ${environment.version}. Run the spec again for a complete record.`,
    });
  const stages: StageSpec[] = [];
  for (const stage of resolved.stages) {
    const { uses, origin } = stage;
    const kind = origin === 'module' ? await kinds.module(uses) : builtIn(kinds, uses);
    // Only an error about a missing input file uses the location, and the start of the spec is enough.
    const location = { file: resolved.file, line: 1, column: 1, length: 1, text: '' };
    stages.push({
      ...without(stage, ['uses', 'origin', 'code']),
      kind,
      with: parameters[stage.name] ?? {},
      location,
    });
  }
  return { ...resolved, stages };
}

function builtIn(kinds: KindCatalogue, name: string): Kind {
  const kind = kinds.builtIn(name);
  if (kind) return kind;
  throw new PipelineError('E_KIND', `this version has no stage kind '${name}'`, {
    hint: 'The run was recorded by another version, which its record names.',
  });
}
