import { digestOfJson } from '../base/hash.ts';
import type { KindCatalogue } from './kind.ts';

/** A short digest of the code of all built-in kinds: two machines with the same one execute each other's stages. */
export function installedCode(kinds: KindCatalogue): string {
  const digests = kinds.names.map((name) => [name, kinds.builtIn(name)!.code] as const);
  return digestOfJson(Object.fromEntries(digests)).slice(0, 8);
}
