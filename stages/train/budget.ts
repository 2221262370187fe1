/** The budget of a set of triplets under `auto`: batch size, steps and validations. All constants of the rules are here. */

/** Batch sizes, each with the number of triplets below which it is used. Few triplets need small batches for enough steps. */
const BATCH_SIZES: readonly (readonly [below: number, size: number])[] = [
  [1000, 16],
  [5000, 32],
  [Infinity, 64],
];

/** Passes over a set that is large enough. */
const EPOCHS = 5;
/** From here on steps grow with the square root of the number of triplets, down to one epoch: more data need fewer passes. */
const LARGE = 20_000;
/** A smaller set gets this many steps, unless they are more than so many passes … */
const WANTED_STEPS = 600;
const MOST_EPOCHS = 40;
/** … but never fewer than this. */
const FEWEST_STEPS = 300;

/** How often a budget is validated, and the fewest steps between two validations. */
const VALIDATIONS = 15;
const FEWEST_BETWEEN = 10;

export function batchSizeFor(triplets: number, wanted: number | 'auto'): number {
  return wanted === 'auto' ? BATCH_SIZES.find(([below]) => triplets < below)![1] : wanted;
}

export function stepsFor(triplets: number, batchSize: number): number {
  const batches = Math.ceil(triplets / batchSize);
  const passes = Math.max(1, EPOCHS * Math.min(1, Math.sqrt(LARGE / triplets)));
  const few = Math.max(FEWEST_STEPS, Math.min(WANTED_STEPS, MOST_EPOCHS * batches));
  return Math.max(few, Math.ceil(passes * batches));
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
