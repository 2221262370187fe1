/**
 * Successive halving (Jamieson and Talwalkar 2016, "Non-stochastic best arm identification and hyperparameter
 * optimization"): all configurations run with a small budget, the best of them with a larger one, and so on.
 * Rungs are synchronous, because asynchronous promotion (ASHA) depends on which configuration finishes first, so that
 * the result would differ between machines.
 */
import type { Halving } from '../spec/sweep/request-types.ts';
import { rank, type Goal, type Ranked } from './ranking.ts';

/** The budgets in ascending order; the last one is always `max`. */
export function budgets({ min, max, factor }: Halving): number[] {
  const found: number[] = [];
  for (let budget = min; Math.round(budget) < max; budget *= factor) found.push(Math.round(budget));
  return [...new Set([...found, max])];
}

/** The configurations that are promoted: the best `1/factor` of those with a metric, at least one. */
export function promoted<T extends Ranked>(results: readonly T[], factor: number, goal: Goal): T[] {
  const measured = rank(results, goal).filter(({ metric }) => metric !== null);
  return measured.slice(0, Math.max(1, Math.floor(results.length / factor)));
}
