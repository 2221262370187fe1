/** The corpus that a stage's rows are about: the nearest one upstream. */
import type { ShownRun, ShownStage } from './shown-run.ts';

export function corpusOf({ stages }: ShownRun, stage: ShownStage): ShownStage | undefined {
  const byName = new Map(stages.map((each) => [each.name, each]));
  const seen = new Set([stage.name]);
  let nearest = [stage];
  while (nearest.length > 0) {
    const found = nearest.find(({ manifest }) => manifest?.type === 'corpus');
    if (found) return found;
    const next = nearest
      .flatMap(({ inputs }) => Object.values(inputs).flat())
      .filter((name) => !seen.has(name));
    for (const name of next) seen.add(name);
    nearest = [...new Set(next)].flatMap((name) => byName.get(name) ?? []);
  }
  return undefined;
}
