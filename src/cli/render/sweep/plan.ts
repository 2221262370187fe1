/** `pipeline sweep --dry-run`: shows what would be executed, without executing it. */
import { refuseMissingSplits } from '../../../plan/missing-splits.ts';
import { makePlan, type PlanState } from '../../../plan/plan.ts';
import type { Trial } from '../../../sweep/trial.ts';
import { combine } from '../../../sweep/combine.ts';
import type { Configuration } from '../../../sweep/configurations.ts';
import { printJson, printResult } from '../output.ts';
import { plannedText } from './sweep-text.ts';
import type { AskedSweep } from '../../commands/sweep-options.ts';
import { combinedPlanner } from '../../../sweep/execute-sweep.ts';
import { table } from '../text.ts';

interface Counts {
  readonly cached: number;
  readonly run: number;
  readonly waiting: number;
}

export async function planSweep(
  sweep: AskedSweep,
  configurations: readonly Configuration[],
  trials: readonly Trial[],
): Promise<number> {
  const combined = combine(trials.map(({ spec }) => spec));
  const planner = await combinedPlanner(sweep, combined);
  const { entries } = await makePlan(planner, new Set(combined.spec.stages.map(({ name }) => name)));
  refuseMissingSplits(entries, new Set(combined.spec.stages.map(({ name }) => name)));
  const states = new Map(entries.map(({ stage, plan }) => [stage.name, plan.state]));
  const all = countsOf([...states.values()]);
  const each = configurations.map((configuration, index) => {
    const own = trials.flatMap(({ number }, trial) => (number === index + 1 ? [combined.names[trial]!] : []));
    const stages = new Set(own.flatMap((names) => [...names.values()]));
    return { name: configuration.name, counts: countsOf([...stages].map((name) => states.get(name)!)) };
  });
  if (sweep.options.json)
    printJson({
      configurations: Object.fromEntries(each.map(({ name, counts }) => [name, counts])),
      repeats: trials[0]?.repeats ?? 1,
      stages: all,
    });
  else {
    const { halving } = sweep.request;
    const rung = halving ? 'first rung of halving; later rungs depend on its metrics\n' : '';
    const rows = each.map(({ name, counts }) => [name, countsText(counts)]);
    printResult(`${rung}${table(rows)}\n\n${plannedText(combined, trials)}\n${numbersText(all)}`);
  }
  return 0;
}

function countsOf(states: readonly PlanState['state'][]): Counts {
  const count = (state: PlanState['state']): number => states.filter((one) => one === state).length;
  return { cached: count('cached'), run: count('run'), waiting: count('waiting') };
}

function countsText(counts: Counts): string {
  return counts.run + counts.waiting === 0 ? 'cached' : numbersText(counts);
}

function numbersText({ cached, run, waiting }: Counts): string {
  const later = waiting === 0 ? '' : `, ${waiting} waiting`;
  return `${cached} cached, ${run} to run${later}`;
}
