/** The budget of a set of triplets under `auto`: batch size, steps and validations. All constants of the rules are here. */

/** Batch sizes, each with the number of triplets below which it is used. Few triplets need small batches for enough steps. */
const BATCH_SIZES: readonly (readonly [below: number, size: number])[] = [
  [5000, 32],
  [Infinity, 64],
];

/**
 * Steps grow with the square root of the number of triplets: 250 for 1,000 and 860 for 11,500, where MRR@10 on MedQuAD's
 * validation split was best; with more steps, a small set is learned by heart (docs/EXPERIMENTS.md).
 */
const STEPS_PER_ROOT = 8;
const FEWEST_STEPS = 200;

/** How often a budget is validated, and the fewest steps between two validations. */
const VALIDATIONS = 15;
const FEWEST_BETWEEN = 10;

export function batchSizeFor(triplets: number, wanted: number | 'auto'): number {
  return wanted === 'auto' ? BATCH_SIZES.find(([below]) => triplets < below)![1] : wanted;
}

/** At least one pass over the set. */
export function stepsFor(triplets: number, batchSize: number): number {
  const batches = Math.ceil(triplets / batchSize);
  return Math.max(FEWEST_STEPS, batches, Math.ceil(STEPS_PER_ROOT * Math.sqrt(triplets)));
}

/** Steps from one validation to the next. */
export function validationInterval(steps: number): number {
  return Math.max(FEWEST_BETWEEN, Math.ceil(steps / VALIDATIONS));
}

/** What a step costs, in forward passes: one, and a backward pass of about two. */
const STEP_COST = 3;
/** A validation may cost this part of the training between two of them … */
const VALIDATION_COST = 0.5;
/** … within these numbers of documents. */
const FEWEST_DOCUMENTS = 4000;
const MOST_DOCUMENTS = 20_000;

/** How many documents a validation ranks. `texts`: those that training encodes from one validation to the next. */
export function validationSize(texts: number): number {
  const affordable = Math.floor(VALIDATION_COST * STEP_COST * texts);
  return Math.min(MOST_DOCUMENTS, Math.max(FEWEST_DOCUMENTS, affordable));
}
