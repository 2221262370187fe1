/** The planner's answer for one stage whose inputs are known. */
import type { Key } from '../base/hash.ts';
import type { KeyDocument } from '../store/manifest.ts';
import type { Alias, FoundArtifact } from '../store/store.ts';
import type { Reason } from './reason.ts';
import type { Reusable } from './reusable.ts';

/** A stage that is known to be cached or to run. */
export type Decision =
  | {
      readonly state: 'cached';
      readonly key: Key;
      /** Its manifest; the files may still have to be fetched. */
      readonly artifact: FoundArtifact;
      /** The artifact has another key, and the user declared the difference cosmetic. */
      readonly accepted?: Alias;
      /** Used because the spec says `frozen`, whatever its key would be. */
      readonly frozen?: true;
    }
  | {
      readonly state: 'run';
      readonly key: Key;
      readonly document: KeyDocument;
      readonly reasons: readonly Reason[];
      /** The earlier execution that the reasons compare with. */
      readonly against: Key | null;
      /** An earlier execution that the stage can take parts over from. */
      readonly reusable?: Reusable | undefined;
    };
