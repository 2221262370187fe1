/** `run --wait`: inputs that other machines make into the same remote store. */
import { monotonic, sleep } from '../../base/clock.ts';
import { upstreamOf } from '../../plan/order.ts';
import type { Plan } from '../../plan/plan.ts';
import { printNotice } from '../render/output.ts';

const LOOK_MS = 10_000;

/** Plans again until the selected stages have every input that is not selected itself, at most for `seconds`. */
export async function planWithInputs(
  make: () => Promise<Plan>,
  selected: ReadonlySet<string>,
  seconds: number,
): Promise<Plan> {
  const end = monotonic() + seconds * 1000;
  for (let told = false; ; told = true) {
    const plan = await make();
    const missing = missingInputs(plan, selected);
    if (missing.length === 0 || monotonic() > end) return plan;
    if (!told) printNotice(`waiting for ${missing.join(', ')} in the store`);
    await sleep(Math.min(LOOK_MS, Math.max(0, end - monotonic())));
  }
}

function missingInputs({ entries }: Plan, selected: ReadonlySet<string>): string[] {
  const cached = new Set(
    entries.filter(({ plan }) => plan.state === 'cached').map(({ stage }) => stage.name),
  );
  const needed = entries
    .filter(({ stage, plan }) => selected.has(stage.name) && plan.state !== 'cached')
    .flatMap(({ stage }) => upstreamOf(stage));
  return [...new Set(needed)].filter((name) => !selected.has(name) && !cached.has(name));
}
