import type { Digest } from '../base/hash.ts';
import type { KindDeclaration } from '../stage.ts';

/** A stage kind as the planner sees it: declared, digested, and not loaded. */
export interface Kind {
  /** `ingest`, or the file name without its ending for a user's own module. */
  readonly name: string;
  readonly declaration: KindDeclaration;
  /** SHA-256 of the kind's bundled code: its own module and every project module that it reaches. */
  readonly code: Digest;
  /** Source file → short digest of its code, to say which file a change of `code` lies in; no part of a key. */
  readonly sources?: Readonly<Record<string, string>>;
  /** What the stage process imports: an absolute path. */
  readonly module: string;
  /** The user's own file that the module was built from: an absolute path. */
  readonly file?: string;
  /** A user's module was found by its path, a built-in kind by its name. */
  readonly origin: 'built-in' | 'module';
}

/**
 * Whether a slot's artifacts reach the kind as a list. Slots without a name of their own (`*`) that take many
 * give a list for several stages only.
 */
export function givesList({ declaration: { inputs } }: Kind, slot: string, count: number): boolean {
  if (Object.hasOwn(inputs, slot) && slot !== '*') return (inputs[slot]!.many ?? false) !== false;
  return inputs['*']?.many === true && count > 1;
}

/** Where `uses:` is looked up. */
export interface KindCatalogue {
  /** Names of the built-in kinds, sorted. */
  readonly names: readonly string[];
  builtIn(name: string): Kind | undefined;
  /**
   * A user's module by absolute path (`uses: ./path/to/kind.ts`). Throws a PipelineError (`E_KIND`) whose
   * message says what is wrong with the module: missing, does not parse, exports no `stage`, bad declaration.
   */
  module(path: string): Promise<Kind>;
}
