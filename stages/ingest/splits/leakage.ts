/**
 * Leakage: what the queries of an evaluation split have in common with those of `train`. The same question in both lets
 * a model answer from memory; a shared relevant document is normal where many questions have one answer.
 */
import { literal } from '../../../src/formats/duckdb.ts';
import type { Leakage, LeakageExample } from '../../../src/formats/corpus-summary.ts';
import type { Metrics, StageWarning } from '../../../src/stage.ts';
import type { Workspace } from '../workspace.ts';
import { dividesByGroup } from './divide.ts';
import { compareQuestions, eachSimilarPair, type Questions } from './questions.ts';

/** Split → what it shares with `train`. */
export type Leakages = Readonly<Record<string, Leakage>>;

const TRAIN = 'train';
/** Not evaluated: queries without a judgement. */
const UNJUDGED = 'unjudged';

/** Reads the tables of the corpus, which are written. Empty without `train` or without another split. */
export async function findLeakage(work: Workspace): Promise<Leakages> {
  const rows = await work.database.rows(
    `SELECT split, text FROM corpus.queries WHERE split <> ${literal(UNJUDGED)} ORDER BY query_id`,
  );
  const queries = rows.map((row) => ({ split: String(row['split']), text: String(row['text']) }));
  const others = new Set(queries.map(({ split }) => split));
  if (!others.delete(TRAIN) || others.size === 0) return {};
  const seen = trainingQuestions(queries);
  const documents = await sharedDocuments(work);
  return Object.fromEntries(
    [...others].map((split): [string, Leakage] => {
      const same: LeakageExample[] = [];
      const similar: LeakageExample[] = [];
      let count = 0;
      for (const [i, query] of queries.entries()) {
        if (query.split !== split) continue;
        count += 1;
        const wording = seen.sameAs(i);
        const training = wording ?? seen.similarTo(i);
        if (training === undefined) continue;
        (wording === undefined ? similar : same).push({
          question: query.text,
          training_question: queries[training]!.text,
        });
      }
      const leakage = {
        queries: count,
        same_questions: same.length,
        similar_questions: similar.length,
        ...(documents.get(split) ?? { relevant_documents: 0, shared_documents: 0 }),
        examples: [...same.slice(0, EXAMPLES), ...similar.slice(0, EXAMPLES)],
      };
      return [split, leakage];
    }),
  );
}

const EXAMPLES = 3;

interface TrainingQuestions {
  /** Position of a training question with the same words in the same order. */
  sameAs(query: number): number | undefined;
  /** Position of one with nearly the same words. */
  similarTo(query: number): number | undefined;
}

function trainingQuestions(
  queries: readonly { readonly split: string; readonly text: string }[],
): TrainingQuestions {
  const { wording, set, sets }: Questions = compareQuestions(queries.map(({ text }) => text));
  const byWording = new Map<number, number>();
  const bySet = new Map<number, number>();
  for (const [i, { split }] of queries.entries()) {
    if (split !== TRAIN) continue;
    if (!byWording.has(wording[i]!)) byWording.set(wording[i]!, i);
    if (!bySet.has(set[i]!)) bySet.set(set[i]!, i);
  }
  const near = new Map<number, number>();
  const note = (found: number, other: number): void => {
    const training = bySet.get(found);
    if (training !== undefined && training < (near.get(other) ?? Infinity)) near.set(other, training);
  };
  eachSimilarPair(sets, (left, right) => {
    note(left, right);
    note(right, left);
  });
  return {
    sameAs: (query) => byWording.get(wording[query]!),
    similarTo: (query) => bySet.get(set[query]!) ?? near.get(set[query]!),
  };
}

type Documents = Pick<Leakage, 'relevant_documents' | 'shared_documents'>;

async function sharedDocuments(work: Workspace): Promise<Map<string, Documents>> {
  const rows = await work.database.rows(`
    WITH relevant AS (
      SELECT DISTINCT split, doc_id FROM corpus.qrels JOIN corpus.queries USING (query_id) WHERE relevance > 0)
    SELECT split, count(*) AS documents,
           count(*) FILTER (doc_id IN (SELECT doc_id FROM relevant WHERE split = ${literal(TRAIN)})) AS shared
    FROM relevant WHERE split <> ${literal(TRAIN)} GROUP BY split`);
  return new Map(
    rows.map((row) => [
      String(row['split']),
      { relevant_documents: Number(row['documents']), shared_documents: Number(row['shared']) },
    ]),
  );
}

export function leakageMetrics(leakages: Leakages): Metrics {
  return Object.fromEntries(
    Object.entries(leakages).flatMap(([split, { same_questions, similar_questions, shared_documents }]) =>
      Object.entries({ same_questions, similar_questions, shared_documents }).map(
        ([name, count]) => [`leakage/${name}_${split}`, count] as const,
      ),
    ),
  );
}

/** Above this fraction, hardly any relevant document of the split is new to the model. */
const EXTREME = 0.9;
/** Of fewer documents, a fraction says little. */
const FEWEST = 20;

export function leakageWarnings(work: Workspace, leakages: Leakages): StageWarning[] {
  return Object.entries(leakages).flatMap(([split, leakage]) => [
    ...questionWarning(split, leakage),
    ...documentWarning(split, leakage, dividesByGroup(work.context.params)),
  ]);
}

/** Up to these fractions of the queries of a split, repeated ones move a mean by less than its interval is wide. */
const MOST_SAME = 0.01;
const MOST_SIMILAR = 0.05;

function questionWarning(
  split: string,
  { queries, same_questions, similar_questions, examples }: Leakage,
): StageWarning[] {
  const leaks = same_questions > MOST_SAME * queries || similar_questions > MOST_SIMILAR * queries;
  if (!leaks) return [];
  const [example] = examples;
  const { question, training_question } = example!;
  const shown =
    question === training_question
      ? `'${cut(question)}'`
      : `'${cut(question)}' is '${cut(training_question)}' there`;
  return [
    {
      message:
        `${same_questions} of ${queries} queries of '${split}' are in '${TRAIN}' too, and ${similar_questions} in ` +
        `nearly the same words: ${shown}`,
      cause:
        'The data was divided without regard to repeated questions. A model can answer them from memory.',
      hint: 'Leave them out of one of the splits. `split`, which divides one split by hash, keeps such questions together.',
      parameter: 'split',
    },
  ];
}

const LONGEST_SHOWN = 80;
const cut = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN - 1)}…` : line;
};

function documentWarning(
  split: string,
  { relevant_documents, shared_documents }: Leakage,
  byGroup: boolean,
): StageWarning[] {
  const extreme = relevant_documents >= FEWEST && shared_documents > EXTREME * relevant_documents;
  if (!extreme && !(byGroup && shared_documents > 0)) return [];
  return [
    {
      message: `${shared_documents} of ${relevant_documents} relevant documents of '${split}' are relevant to training queries too`,
      cause: byGroup
        ? 'Groups share documents.'
        : 'Many questions have the same answer, as in frequently asked questions.',
      hint: byGroup
        ? 'Choose a group that has documents of its own, such as the topic or the source.'
        : 'This is right if users will ask about these documents. To measure on new ones, write `split: { by: group }`.',
      parameter: 'split',
    },
  ];
}
