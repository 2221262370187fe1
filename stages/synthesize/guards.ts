/** Leaves out queries that teach nothing or the wrong thing. */
import type { MethodName } from './parameters.ts';
import type { Proposal } from './methods/method.ts';
import { salientTerms } from './salience.ts';
import type { Statistics } from './statistics.ts';
import type { Analysed } from './text/analysed.ts';

/** In the order in which they are applied. */
export const GUARDS = [
  /** Fewer than two different words; a title may have one. */
  'short',
  /** Too few content words: any document would do. */
  'no_content',
  /** Words that meet in many documents. */
  'unspecific',
  /** None of the terms that the document is about. */
  'off_topic',
  /** Text that many documents share. */
  'boilerplate',
  /** More than half of the document: finding it is trivial. */
  'overlap',
  /** The same words as a query that the corpus has. */
  'real_query',
  /** The same words as an earlier synthetic query. */
  'repeated',
] as const;
export type GuardName = (typeof GUARDS)[number];

export interface Guards {
  /** The first guard that rejects the query; a query that passes is remembered. */
  check(method: MethodName, proposal: Proposal, document: Analysed): GuardName | undefined;
  /** How many proposals each guard rejected. */
  readonly rejected: Readonly<Record<GuardName, number>>;
}

/** The same words in any order: questions are nearly the same. */
export const wordSet = (keys: readonly string[]): string => [...new Set(keys)].sort().join(' ');

/** From this many words on, one content word is too little. */
const LONG = 4;

export function createGuards(statistics: Statistics, real: ReadonlySet<string>): Guards {
  const rejected = Object.fromEntries(GUARDS.map((name) => [name, 0])) as Record<GuardName, number>;
  const made = new Set<string>();

  let salient = { document: -1, terms: new Set() as ReadonlySet<string> };
  const salientIn = ({ document, words }: Analysed): ReadonlySet<string> => {
    if (salient.document !== document) salient = { document, terms: salientTerms(words, statistics) };
    return salient.terms;
  };

  const reason: Guards['check'] = (method, { keys, span }, document) => {
    const { words, body } = document;
    const distinct = new Set(keys);
    if (distinct.size < (method === 'title' ? 1 : 2)) return 'short';
    const content = [...distinct].filter((key) => statistics.isContent(key)).length;
    if (content < (distinct.size >= LONG ? 2 : 1)) return 'no_content';
    if (method !== 'title' && !statistics.isSpecific(distinct)) return 'unspecific';
    if (method !== 'title' && ![...salientIn(document)].some((key) => distinct.has(key))) return 'off_topic';
    if (span && statistics.isBoilerplate(words, span)) return 'boilerplate';
    if (method !== 'title' && keys.length > (words.length - body) / 2) return 'overlap';
    const set = wordSet(keys);
    if (real.has(set)) return 'real_query';
    if (made.has(set)) return 'repeated';
    made.add(set);
    return undefined;
  };

  return {
    rejected,
    check: (method, proposal, document) => {
      const guard = reason(method, proposal, document);
      if (guard) rejected[guard] += 1;
      return guard;
    },
  };
}
