import { ok, type Diagnostic, type Result } from '../base/diagnostic.ts';
import { openMemory } from './remembered-specs.ts';
import type { LoadedSpec, LoadOptions } from './spec.ts';

/**
 * Reads and checks the spec in `file` (an absolute path). A spec that was valid before, with the same files, overrides,
 * variables and kinds, is taken from the cache without loading the parsers, which take longer than everything else.
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
