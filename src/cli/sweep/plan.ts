/** `pipeline sweep --dry-run`: what would be executed, and nothing is. */
import { makePlan, type PlanState } from '../../plan/plan.ts';
import { combine } from '../../sweep/combine.ts';
import type { Configuration } from '../../sweep/configurations.ts';
import { trialName } from '../../sweep/trial.ts';
import { printJson, printResult } from '../output.ts';
import { plannedText } from '../reporters/sweep.ts';
import { combinedPlanner, firstTrials, type Sweep } from './trials.ts';
import { table } from '../text.ts';

interface Counts {
  readonly cached: number;
  readonly run: number;
  readonly waiting: number;
}

export async function planSweep(sweep: Sweep, configurations: readonly Configuration[]): Promise<number> {
  const trials = await firstTrials(sweep, configurations);
  const combined = combine(trials.map(({ spec }) => spec));
  const planner = await combinedPlanner(sweep, combined);
  const { entries } = makePlan(planner, new Set(combined.spec.stages.map(({ name }) => name)));
  const states = new Map(entries.map(({ stage, plan }) => [stage.name, plan.state]));
  const all = countsOf([...states.values()]);
  const each = trials.map((trial, index) => ({
    trial,
    counts: countsOf([...combined.names[index]!.values()].map((name) => states.get(name)!)),
  }));
  if (sweep.options.json)
    printJson({
      configurations: configurations.length,
      repeats: trials[0]?.repeats ?? 1,
      stages: all,
      plan: each.map(({ trial, counts }) => ({
        configuration: trial.configuration.name,
        ...(trial.repeat.name === '' ? {} : { repeat: trial.repeat.values }),
        stages: counts,
      })),
    });
  else {
    const { halving } = sweep.request;
    const rung = halving ? 'the first rung of halving; what follows depends on its metrics\n' : '';
    const rows = each.map(({ trial, counts }) => [trialName(trial), countsText(counts)]);
    printResult(`${rung}${table(rows)}\n\n${plannedText(combined, trials)}\n${countsText(all)}`);
  }
  return 0;
}

function countsOf(states: readonly PlanState['state'][]): Counts {
  const count = (state: PlanState['state']): number => states.filter((one) => one === state).length;
  return { cached: count('cached'), run: count('run'), waiting: count('waiting') };
}

function countsText({ cached, run, waiting }: Counts): string {
  if (run + waiting === 0) return 'cached';
  const later = waiting === 0 ? '' : `, ${waiting} waiting for those`;
  return `${cached} cached, ${run} to run${later}`;
}
