/**
 * The earlier execution that a stage can take parts over from, for kinds with `reuses`: made by the same code, engine and
 * libraries, from the same content in the slots that `reuses` names. It is not part of the key, since it changes how fast
 * the artifact is made and not what it contains.
 */
import { canonicalJson, type Json } from '../base/json.ts';
import type { StageSpec } from '../spec/spec.ts';
import type { KeyDocument } from '../store/manifest.ts';
import type { FoundArtifact } from '../store/store.ts';
import type { Earlier } from './earlier.ts';

export interface Reusable {
  readonly artifact: FoundArtifact;
  /** Slot → the input that it was made from. */
  readonly inputs: Readonly<Record<string, FoundArtifact>>;
}

/** `artifactsOf`: what a stage gives now and has given before. */
export async function findReusable(
  { kind, inputs }: StageSpec,
  document: KeyDocument,
  executions: readonly Earlier[],
  artifactsOf: (stage: string) => Promise<readonly FoundArtifact[]>,
): Promise<Reusable | undefined> {
  const { reuses } = kind.declaration;
  if (!reuses) return undefined;
  for (const { artifact } of executions) {
    const before = artifact.manifest.keyDocument;
    if (!sameProgram(before, document)) continue;
    if (reuses.some((slot) => before.inputs[slot] !== document.inputs[slot])) continue;
    const found: Record<string, FoundArtifact> = {};
    for (const [slot, [name, ...others]] of Object.entries(inputs)) {
      if (name === undefined || others.length > 0) continue;
      const input = (await artifactsOf(name)).find(({ manifest }) => manifest.digest === before.inputs[slot]);
      if (input) found[slot] = input;
    }
    if (Object.keys(before.inputs).every((slot) => slot in found)) return { artifact, inputs: found };
  }
  return undefined;
}

function sameProgram(before: KeyDocument, now: KeyDocument): boolean {
  const program = ({ kind, code, engine, libraries }: KeyDocument): string =>
    canonicalJson({ kind, code, engine, libraries } as unknown as Json);
  return program(before) === program(now);
}
