/** What a starter spec does with the data that were found, and why. The text of the spec is in starter-spec.ts. */
import type { LookedAt } from './look.ts';

export interface Choices {
  /** Fractions of the splits that the data lack. */
  readonly divided: Readonly<Partial<Record<'test' | 'validation', number>>>;
  /** Splits that can be evaluated. */
  readonly evaluated: readonly string[];
  /** Queries made from the documents: instead of questions, or before them. */
  readonly synthetic: 'alone' | 'first' | undefined;
  /** A first model guesses the answers of the questions without a judgement, which are in this split. */
  readonly guessed: string | undefined;
  readonly candidates: boolean;
  readonly vectors: 'published' | 'own' | 'large';
  /** Where the vectors are our own, published ones are worth a try. */
  readonly proposesPublished: boolean;
}

/** With fewer training questions, queries made from the documents help (docs/EXPERIMENTS.md). */
const FEW = 2000;
/** Guessing the answers of fewer questions is not worth a second training. */
const WORTH_GUESSING = 200;
/** With fewer, our own word vectors are worse than published ones. */
const SMALL = 5000;

export function choose(looked: LookedAt, publishedInstalled: boolean): Choices {
  const { questions, splits, english } = looked;
  const small = questions < SMALL;
  const divided = missingSplits(looked);
  const evaluated = ['validation', 'test'].filter(
    (name) => splits.includes(name) || divided[name as 'test' | 'validation'] !== undefined,
  );
  return {
    divided,
    evaluated,
    guessed: worthGuessing(looked) && evaluated.includes('validation') ? looked.unjudged.split : undefined,
    synthetic: splits.length === 0 ? 'alone' : questions < FEW ? 'first' : undefined,
    candidates: hasCandidates(looked),
    vectors: !small ? 'large' : english && publishedInstalled ? 'published' : 'own',
    proposesPublished: small && english && !publishedInstalled,
  };
}

const worthGuessing = ({ questions, unjudged }: LookedAt): boolean =>
  questions > 0 && unjudged.questions >= Math.max(questions, WORTH_GUESSING);

/** The fewer questions, the greater the fraction that a split needs to tell anything. */
function missingSplits({ splits, questions }: LookedAt): Choices['divided'] {
  if (splits.length === 0 || questions < 3) return {};
  const fraction = questions < 500 ? 0.2 : 0.1;
  if (splits.length === 1) return { test: fraction, validation: fraction };
  if (!splits.includes('train')) return {};
  return {
    ...(!splits.includes('test') && { test: fraction }),
    ...(!splits.includes('validation') && { validation: fraction }),
  };
}

/** Documents that the data list for a question without being relevant. */
function hasCandidates({ source }: LookedAt): boolean {
  if (source.format === 'msmarco' || source.format === 'squad') return true;
  return source.format !== 'beir' && source.columns.label !== undefined;
}
