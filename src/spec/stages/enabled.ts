/** `enabled: false` leaves a stage out, together with optional inputs that it feeds; a required input is an error. */
import type { KnownStage, Reference, References } from './inputs.ts';
import { errorAt, type Report } from '../text/source.ts';

/** The inputs without those that disabled stages would feed. */
export function withoutDisabled(
  stages: ReadonlyMap<string, KnownStage | undefined>,
  inputs: ReadonlyMap<string, References>,
  report: Report,
): ReadonlyMap<string, References> {
  const isDisabled = (name: string): boolean => stages.get(name)?.raw.execution.enabled === false;
  if (![...stages.keys()].some(isDisabled)) return inputs;
  return new Map(
    [...inputs].map(([name, references]) => {
      const stage = stages.get(name)!;
      return [name, isDisabled(name) ? references : enabledOnly(stage, references, isDisabled, report)];
    }),
  );
}

function enabledOnly(
  stage: KnownStage,
  references: References,
  isDisabled: (name: string) => boolean,
  report: Report,
): References {
  const left = new Map<string, readonly Reference[]>();
  for (const [slot, list] of references) {
    const enabled = list.filter((reference) => !isDisabled(reference.stage));
    left.set(slot, enabled);
    const { inputs } = stage.kind.declaration;
    const optional = (inputs[slot] ?? inputs['*'])?.optional === true;
    if (enabled.length > 0 || list.length === 0 || optional) continue;
    const [reference] = list;
    report(
      errorAt(reference!.place, `'${stage.raw.name}' needs '${reference!.stage}', which is disabled`, {
        hint: `Disable '${stage.raw.name}' too with \`enabled: false\`, or enable '${reference!.stage}'.`,
      }),
    );
  }
  return left;
}
