import { ok, type Diagnostic, type Result } from '../base/diagnostic.ts';
import type { KindCatalogue } from '../kinds/kind.ts';
import { openMemory } from './remembered-specs.ts';
import type { Spec } from './spec.ts';

export interface LoadOptions {
  readonly kinds: KindCatalogue;
  /** `stage.parameter=value`, `params.name=value`, `engine.backend=wasm`; values are YAML. */
  readonly set?: readonly string[];
  /** Absolute path of a YAML or JSON file with values for `params`, `engine` and `stages`. */
  readonly paramsFile?: string;
  /** Where `${env.NAME}` is looked up; nothing else of it is used. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A folder that may be deleted at any time: what was found sound is remembered there. */
  readonly cacheDir?: string;
}

export interface LoadedSpec {
  readonly spec: Spec;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Reads and checks the spec in `file` (an absolute path). A spec that was sound before, with the same files,
 * overrides, variables and kinds, is recalled without loading the parsers, which cost more than all else.
 */
export async function loadSpec(
  file: string,
  options: LoadOptions,
): Promise<Result<LoadedSpec, readonly Diagnostic[]>> {
  const memory = options.cacheDir === undefined ? undefined : openMemory(options.cacheDir, file, options);
  const recalled = await memory?.recall();
  if (recalled) return ok(recalled);
  const { checkSpec } = await import('./check.ts');
  const checked = await checkSpec(file, options);
  if (!checked.ok) return checked;
  memory?.remember(checked.value);
  const { spec, warnings } = checked.value;
  return ok({ spec, warnings });
}
