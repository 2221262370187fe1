/** Makes the queries of one document: draws a method, asks it for proposals, and takes the first that passes the guards. */
import { random, type Random } from '../../src/base/random.ts';
import type { Guards } from './guards.ts';
import type { Proposal, Setting } from './methods/method.ts';
import { METHODS } from './methods/methods.ts';
import type { MethodName, SynthesizeParams } from './parameters.ts';
import type { Analysed } from './text/analysed.ts';

export interface SyntheticQuery {
  readonly document: number;
  readonly method: MethodName;
  readonly text: string;
  readonly heldOut: boolean;
}

/** Proposals of one method before another is drawn. */
const TRIES = 16;

/** Each document has its own random stream, so that its queries depend on other documents only through the guards. */
export function queriesOf(
  document: Analysed,
  params: SynthesizeParams,
  setting: Setting,
  guards: Guards,
): SyntheticQuery[] {
  const numbers = random(params.seed, `synthesize ${document.document}`);
  const heldOut = numbers.uniform() < params.holdout;
  const queries: SyntheticQuery[] = [];
  for (let i = 0; i < params.per_document; i++) {
    const found = oneQuery(document, params.methods, setting, guards, numbers);
    if (!found) break;
    const [method, { text }] = found;
    queries.push({ document: document.document, method, text, heldOut });
  }
  return queries;
}

function oneQuery(
  document: Analysed,
  weights: SynthesizeParams['methods'],
  setting: Setting,
  guards: Guards,
  numbers: Random,
): readonly [MethodName, Proposal] | undefined {
  const left = new Map(
    (Object.keys(METHODS) as MethodName[]).flatMap((name) =>
      weights[name] > 0 ? [[name, weights[name]] as const] : [],
    ),
  );
  while (left.size > 0) {
    const method = drawn(left, numbers);
    for (let i = 0; i < TRIES; i++) {
      const proposal = METHODS[method](document, setting, numbers);
      if (proposal && !guards.check(method, proposal, document)) return [method, proposal];
    }
    left.delete(method);
  }
  return undefined;
}

function drawn(weights: ReadonlyMap<MethodName, number>, numbers: Random): MethodName {
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  let place = numbers.uniform() * total;
  for (const [name, weight] of weights) {
    place -= weight;
    if (place < 0) return name;
  }
  return [...weights.keys()].at(-1)!;
}
