import type { Digest } from '../base/hash.ts';
import type { KindDeclaration } from '../stage.ts';

/** A stage kind as the planner sees it: its declaration and code digest; its code is not loaded. */
export interface Kind {
  /** `ingest`, or the file name without its ending for a user's own module. */
  readonly name: string;
  readonly declaration: KindDeclaration;
  /** SHA-256 of the kind's bundled code: its own module and every project module that it imports. */
  readonly code: Digest;
  /** Source file → short digest of its code, to report which file changed `code`; not part of a key. */
  readonly sources?: Readonly<Record<string, string>>;
  /** The module that the stage process imports: an absolute path. */
  readonly module: string;
  /** The user's source file that the module was built from: an absolute path. */
  readonly file?: string;
  /** `module` for a user's module, found by its path; `built-in` for a kind found by its name. */
  readonly origin: 'built-in' | 'module';
}

/**
 * Whether a slot's artifacts are passed to the kind as a list. A slot declared by `*` that takes many gives a list only
 * if several stages feed it.
 */
export function givesList({ declaration: { inputs } }: Kind, slot: string, count: number): boolean {
  if (Object.hasOwn(inputs, slot) && slot !== '*') return (inputs[slot]!.many ?? false) !== false;
  return inputs['*']?.many === true && count > 1;
}

/** Resolves `uses:`. */
export interface KindCatalogue {
  /** Names of the built-in kinds, sorted. */
  readonly names: readonly string[];
  builtIn(name: string): Kind | undefined;
  /**
   * A user's module by absolute path (`uses: ./path/to/kind.ts`). Throws a PipelineError (`E_KIND`) if the module is
   * missing, does not parse, does not export a `stage`, or has an invalid declaration.
   */
  module(path: string): Promise<Kind>;
}
