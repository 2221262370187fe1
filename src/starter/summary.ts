/** What \`init --from\` found and chose, in sentences for the terminal. */
import type { Choices } from './choices.ts';
import type { LookedAt } from './look.ts';
import { PUBLISHED } from './training-stages.ts';

const grouped = (count: number): string => count.toLocaleString('en-US');

export function summaryLines(
  { source, documents, questions, unjudged, splits, english }: LookedAt,
  choices: Choices,
): string[] {
  const parts = [
    `${grouped(documents)} documents`,
    splits.length === 0 ? 'no questions' : `${grouped(questions)} training questions`,
    ...(unjudged.questions > 0 ? [`${grouped(unjudged.questions)} questions without a judgement`] : []),
    ...(splits.length > 0 ? [`${splits.length === 1 ? 'one split' : 'splits'} (${splits.join(', ')})`] : []),
    english ? 'probably English' : 'not English, or not prose',
  ];
  const columns =
    'columns' in source
      ? [
          `Columns: ${Object.entries(source.columns)
            .map(([role, name]) => `${role} = ${String(name)}`)
            .join(', ')}.`,
        ]
      : [];
  return [`Found ${source.format}: ${parts.join(', ')}.`, ...columns, ...reasons(choices, questions)];
}

/** A split with fewer questions tells models apart only where the difference is large. */
const FEW_TO_EVALUATE = 20;

function reasons(
  { divided, synthetic, guessed, candidates, vectors, proposesPublished, evaluated }: Choices,
  questions: number,
): string[] {
  const fewest = Math.round(questions * Math.min(...Object.values(divided)));
  const missing = Object.entries(divided).map(
    ([name, fraction]) => `${Math.round(100 * fraction)} % for ${name}`,
  );
  return [
    ...(missing.length > 0 ? [`Split: ${missing.join(' and ')}, since the data lack them.`] : []),
    ...(missing.length > 0 && fewest < FEW_TO_EVALUATE
      ? [`With about ${fewest} questions in a split, measures are rough: look at their intervals.`]
      : []),
    ...(synthetic === 'alone'
      ? ['Training queries are made from the documents, since there are no questions.']
      : []),
    ...(synthetic === 'first'
      ? ['There are few training questions: queries made from the documents are trained on first.']
      : []),
    ...(guessed !== undefined
      ? [
          'A first model guesses the answers of the questions without a judgement; the model learns from them, too.',
        ]
      : []),
    ...(synthetic !== 'alone'
      ? [`Negatives: ${candidates ? 'the candidates that the data list' : 'BM25 and random documents'}.`]
      : []),
    ...(vectors === 'published' ? [`Word vectors: ${PUBLISHED}, which is installed.`] : []),
    ...(proposesPublished
      ? [`Better word vectors for little English text: npm install ${PUBLISHED} (see the spec).`]
      : []),
    ...(evaluated.length === 0
      ? ['Nothing is evaluated: that needs questions with known relevant documents.']
      : []),
  ];
}
