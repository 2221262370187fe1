import type { Random } from '../../../src/base/random.ts';
import type { Negative, NegativeSource } from './source.ts';

/** Random draws before the corpus is scanned from a random start, which only tiny corpora need. */
const TRIES = 64;

/** Documents of the corpus, sampled uniformly. `answers`: from these, as long as one is left. */
export function randomSource(
  documents: number,
  weight: number,
  answers: readonly number[] = [],
): NegativeSource {
  return {
    name: 'random',
    weight,
    isHard: false,
    prepare: (_query, guard) => ({
      drawsFor: (_positive, admits) => (random, taken) => {
        const fits = (document: number): boolean =>
          taken.has(document) ? false : guard.admits(document) && admits(document);
        const answer = drawDocument(answers.length, random, (place) => fits(answers[place]!));
        return answer ? { document: answers[answer.document]! } : drawDocument(documents, random, fits);
      },
    }),
  };
}

function drawDocument(
  documents: number,
  random: Random,
  admits: (document: number) => boolean,
): Negative | undefined {
  if (documents === 0) return undefined;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const document = random.integer(documents);
    if (admits(document)) return { document };
  }
  const start = random.integer(documents);
  for (let step = 0; step < documents; step++) {
    const document = (start + step) % documents;
    if (admits(document)) return { document };
  }
  return undefined;
}
