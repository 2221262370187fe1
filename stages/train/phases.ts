/**
 * The phases of a training: which sets each one draws its batches from, for how many steps, and how often it is
 * validated. A mixture, or a single set, is one phase; a sequence has one for each set. Nothing is trained here.
 */
import { PipelineError } from '../../src/stage.ts';
import { batchSizeFor, stepsFor, validationInterval } from './budget.ts';
import type { TrainParams } from './parameters.ts';

type PhaseParams = Pick<TrainParams, 'batch_size' | 'epochs' | 'max_steps' | 'triplet_sets'> & {
  readonly validation: Pick<TrainParams['validation'], 'every'>;
};

/** A set of triplets as a phase draws from it. */
export interface PhaseSet {
  /** Position under `triplets`. */
  readonly set: number;
  readonly triplets: number;
  readonly batchSize: number;
  /** In one pass over the set. */
  readonly batches: number;
  /** Of the phase's batches; the shares add up to 1. */
  readonly share: number;
}

export interface Phase {
  readonly sets: readonly PhaseSet[];
  readonly steps: number;
  /** Triplets in all its steps. */
  readonly triplets: number;
  /** Steps that make an epoch: as many batches as all its sets have. */
  readonly epochSteps: number;
  /** Validates after each so many steps, and after the last. */
  readonly validateEvery: number;
}

/** `sizes`: the number of triplets of each set. */
export function phasesOf(params: PhaseParams, sizes: readonly number[]): Phase[] {
  const { order } = params.triplet_sets;
  const weights = weightsOf(params, sizes.length);
  const sets = sizes.map((triplets, set): PhaseSet => {
    const batchSize = batchSizeFor(triplets, params.batch_size);
    return { set, triplets, batchSize, batches: Math.ceil(triplets / batchSize), share: 1 };
  });
  const own = sets.map((set) => stepsOf(params, set));
  const wanted = sum(own);
  const total = Math.min(params.max_steps ?? Infinity, wanted);
  if (order === 'mixture') {
    const shares = weights ?? sets.map(() => 1);
    const mixed = sets.map((set, i) => ({ ...set, share: shares[i]! / sum(shares) }));
    return [phaseOf(params, mixed, total)];
  }
  const parts = weights ?? own;
  return sets.map((set, i) => {
    const part = weights || total < wanted ? Math.round((total * parts[i]!) / sum(parts)) : own[i]!;
    return phaseOf(params, [set], wanted === 0 ? 0 : Math.max(1, part));
  });
}

function weightsOf({ triplet_sets: { weights } }: PhaseParams, sets: number): readonly number[] | undefined {
  if (!weights) return undefined;
  if (weights.length === sets) return weights;
  throw new PipelineError(
    'E_PARAMETER',
    `\`triplet_sets.weights\` has ${weights.length} weights for ${sets} sets of triplets`,
    { hint: 'Give one weight for each stage under `triplets`, in its order.' },
  );
}

function stepsOf({ epochs }: PhaseParams, { triplets, batchSize, batches }: PhaseSet): number {
  return epochs === 'auto' ? stepsFor(triplets, batchSize) : epochs * batches;
}

function phaseOf({ epochs, validation }: PhaseParams, sets: readonly PhaseSet[], steps: number): Phase {
  const epochSteps = sum(sets.map(({ batches }) => batches));
  const automatic = epochs === 'auto' ? validationInterval(steps) : epochSteps;
  return {
    sets,
    steps,
    triplets: tripletsIn(sets, steps),
    epochSteps,
    validateEvery: validation.every === 'auto' ? automatic : validation.every,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** How many batches the first `steps` steps draw from each of the sets. */
export function drawnBatches(sets: readonly PhaseSet[], steps: number): number[] {
  if (sets.length === 1) return [steps];
  const drawn = sets.map(() => 0);
  for (let step = 1; step <= steps; step++) drawn[nextSet(sets, drawn, step)]! += 1;
  return drawn;
}

/** The set that is furthest behind its share at this step, counted from 1; of equal ones the first. */
export function nextSet(sets: readonly PhaseSet[], drawn: readonly number[], step: number): number {
  let [next, furthest] = [0, -Infinity];
  for (const [i, { share }] of sets.entries()) {
    const behind = share * step - drawn[i]!;
    if (behind > furthest) [next, furthest] = [i, behind];
  }
  return next;
}

function tripletsIn(sets: readonly PhaseSet[], steps: number): number {
  const drawn = drawnBatches(sets, steps);
  return sum(
    sets.map(({ triplets, batches }, i) => {
      const whole = Math.floor(drawn[i]! / batches);
      return whole * triplets + Math.floor(((drawn[i]! - whole * batches) * triplets) / batches);
    }),
  );
}

/** Texts that are encoded between two validations, in the phase where they are fewest. `negatives`: per triplet, by set. */
export function textsBetweenValidations(phases: readonly Phase[], negatives: readonly number[]): number {
  return Math.min(
    ...phases.map(({ sets, validateEvery }) =>
      sum(sets.map(({ set, batchSize, share }) => validateEvery * share * batchSize * (2 + negatives[set]!))),
    ),
  );
}
