import type { MethodName } from '../parameters.ts';
import { cloze } from './cloze.ts';
import { crop } from './crop.ts';
import { firstSentence } from './first-sentence.ts';
import { keyTerms } from './key-terms.ts';
import type { Method } from './method.ts';
import { title } from './title.ts';

export const METHODS: Readonly<Record<MethodName, Method>> = {
  title,
  first_sentence: firstSentence,
  cloze,
  crop,
  key_terms: keyTerms,
};
