/**
 * Successive halving (Jamieson and Talwalkar 2016, "Non-stochastic best arm identification and hyperparameter
 * optimization"): all configurations with a small budget, the best part of them with a larger one, and so on.
 * Rungs are synchronous, because asynchronous promotion (ASHA) depends on who finishes first, and the same sweep
 * would end differently from one machine to the next.
 */
import type { Halving } from '../spec/sweep/request-types.ts';
import { rank, type Goal, type Ranked } from './ranking.ts';

/** The budgets from the smallest to the largest, which is always `max`. */
export function budgets({ min, max, factor }: Halving): number[] {
  const found: number[] = [];
  for (let budget = min; Math.round(budget) < max; budget *= factor) found.push(Math.round(budget));
  return [...new Set([...found, max])];
}

/** Those that go on: the best `1/factor` of those that have a metric, one at least. */
export function promoted<T extends Ranked>(results: readonly T[], factor: number, goal: Goal): T[] {
  const measured = rank(results, goal).filter(({ metric }) => metric !== null);
  return measured.slice(0, Math.max(1, Math.floor(results.length / factor)));
}
