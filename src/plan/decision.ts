/** What the planner says of one stage whose inputs are known. */
import type { Key } from '../base/hash.ts';
import type { Alias } from '../store/local/aliases.ts';
import type { Artifact } from '../store/local/artifacts.ts';
import type { KeyDocument } from '../store/manifest.ts';
import type { Reason } from './reason.ts';

/** A stage that is known to be cached or to run. */
export type Decision =
  | {
      readonly state: 'cached';
      readonly key: Key;
      readonly artifact: Artifact;
      /** The artifact was made under another key, and the user declared the difference cosmetic. */
      readonly accepted?: Alias;
      /** Used because the spec says `frozen`, whatever its key would be. */
      readonly frozen?: true;
    }
  | {
      readonly state: 'run';
      readonly key: Key;
      readonly document: KeyDocument;
      readonly reasons: readonly Reason[];
      /** The earlier execution that the reasons are told against. */
      readonly against: Key | null;
    };
