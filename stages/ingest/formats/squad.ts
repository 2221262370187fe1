/**
 * Reads SQuAD v1.1 and v2.0 (Rajpurkar et al. 2016, 2018): the queries are the questions, the relevant document of a
 * question is its paragraph, and the paragraphs of the article are its candidates. Questions that the paragraph does not
 * answer (`is_impossible`) are kept without a relevant document.
 */
import type { Appender } from '../../../src/formats/duckdb.ts';
import { PipelineError } from '../../../src/stage.ts';
import type { SquadParams } from '../parameters.ts';
import { setAside } from '../rejects.ts';
import { isBlank, isRecord, scalarText } from '../tables/values.ts';
import type { Source, Workspace } from '../workspace.ts';
import { groupColumn } from '../splits/divide.ts';
import { squadArticles, type Article } from './squad-file.ts';

const TABLES = `
  CREATE TABLE paragraphs (seq UBIGINT, source UINTEGER, article UINTEGER, text VARCHAR, title VARCHAR);
  CREATE TABLE questions (
    seq UBIGINT, source UINTEGER, row UBIGINT, article UINTEGER, paragraph UBIGINT, split VARCHAR, name VARCHAR,
    text VARCHAR, answered BOOLEAN, problem VARCHAR);
`;

/** With a limit, articles without a remaining question are left out. */
const views = (limited: boolean): string => `
  CREATE VIEW occurrences AS
    SELECT seq, NULL::VARCHAR AS name, text, title FROM paragraphs
    ${limited ? 'WHERE (source, article) IN (SELECT (source, article) FROM questions)' : ''};
  CREATE VIEW staged_queries AS SELECT seq, split, name, text, NULL::VARCHAR AS type FROM questions;
  CREATE VIEW staged_groups AS
    SELECT questions.seq AS query, coalesce(title, 'article ' || questions.article || ' of file ' || questions.source) AS name
    FROM questions JOIN paragraphs ON paragraphs.seq = questions.paragraph;
  CREATE VIEW staged_qrels AS
    SELECT questions.seq AS query, paragraph AS document, 1 AS relevance FROM questions WHERE answered;
  CREATE VIEW staged_candidates AS
    SELECT questions.seq AS query, paragraphs.seq AS document, paragraphs.seq AS position
    FROM questions JOIN paragraphs USING (source, article);
`;

export async function readSquad(work: Workspace, params: SquadParams): Promise<void> {
  const group = groupColumn(params) ?? 'title';
  if (group !== 'title')
    throw new PipelineError('E_INPUT', `the questions of SQuAD have no column '${group}'`, {
      hint: 'Write `group: title`: the questions of an article are a group.',
    });
  await work.database.run(TABLES + views(params.limit !== undefined));
  const tables = {
    paragraphs: await work.database.appender('paragraphs'),
    questions: await work.database.appender('questions'),
    rejects: await work.database.appender('rejects'),
  };
  const taken = new Map<string, number>();
  for (const source of await work.addSplits(params.splits)) {
    const split = source.split!;
    const most = params.limit?.[split] ?? Infinity;
    const articles = await squadArticles(work, source);
    taken.set(split, takeArticles(tables, source, articles, { taken: taken.get(split) ?? 0, most }));
  }
  for (const table of Object.values(tables)) await table.close();
  await work.step(
    'checking ids',
    `UPDATE questions SET problem = 'question id repeated within its split' FROM (
       SELECT questions.seq AS later FROM questions JOIN (
         SELECT split, name, min(seq) AS first FROM questions GROUP BY split, name HAVING count(*) > 1
       ) AS firsts USING (split, name) WHERE questions.seq > first) WHERE seq = later`,
  );
  await setAside(work, 'questions');
}

type Tables = Readonly<Record<'paragraphs' | 'questions' | 'rejects', Appender>>;

/** Returns the number of questions of the split that have been taken so far. */
function takeArticles(
  tables: Tables,
  source: Source,
  articles: readonly Article[],
  { taken, most }: { readonly taken: number; readonly most: number },
): number {
  const base = BigInt(source.index) << 32n;
  let [paragraph, question] = [0, 0];
  const reject = (row: number, problem: string): void => {
    tables.rejects.row(source.index, BigInt(row), problem);
  };
  for (const [article, { title, paragraphs }] of articles.entries()) {
    if (taken >= most) break;
    for (const { context, qas } of paragraphs) {
      paragraph++;
      const missing = typeof context !== 'string' || isBlank(context);
      const place = base + BigInt(paragraph);
      if (missing) reject(paragraph, 'paragraph missing or empty');
      else tables.paragraphs.row(place, source.index, article, context, title);
      for (const qa of qas) {
        question++;
        if (taken >= most) continue;
        const read = missing ? 'question about a missing paragraph' : questionOf(qa);
        if (typeof read === 'string') {
          reject(question, read);
          continue;
        }
        taken++;
        const row = BigInt(question);
        const { name, text, answered } = read;
        const { index, split } = source;
        tables.questions.row(base + row, index, row, article, place, split, name, text, answered, null);
      }
    }
  }
  return taken;
}

interface Question {
  readonly name: string;
  readonly text: string;
  readonly answered: boolean;
}

/** A question, or the problem with it. */
function questionOf(qa: unknown): Question | string {
  if (!isRecord(qa)) return 'question is not an object';
  const name = scalarText(qa['id']);
  if (name === undefined || name === null || isBlank(name)) return 'question id missing';
  const text = qa['question'] ?? '';
  if (typeof text !== 'string') return 'question is not a string';
  if (isBlank(text)) return 'question missing or empty';
  const impossible = qa['is_impossible'] ?? false;
  if (typeof impossible !== 'boolean') return 'is_impossible is not a boolean';
  return { name, text, answered: !impossible };
}
