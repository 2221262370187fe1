/**
 * SQuAD v1.1 and v2.0 (Rajpurkar et al. 2016, 2018): a question's relevant document is the paragraph that it was
 * asked about, and the article's paragraphs are its candidates. Questions that the paragraph does not answer
 * (`is_impossible`) stay, without a relevant document. A file is one JSON value, so it is read whole.
 */
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { literal } from '../../../src/formats/duckdb.ts';
import { PipelineError } from '../../../src/stage.ts';
import { remaining } from '../limit.ts';
import type { SquadParams } from '../params.ts';
import { blank, firstProblem, setAside } from '../rejects.ts';
import { compressionOf, sequence } from '../scan.ts';
import { unreadable, type Source, type Workspace } from '../workspace.ts';

const TABLES = `
  CREATE TABLE paragraphs (
    seq UBIGINT, source UINTEGER, row UBIGINT, article UBIGINT, text VARCHAR, problem VARCHAR);
  CREATE TABLE questions (
    seq UBIGINT, source UINTEGER, row UBIGINT, article UBIGINT, paragraph UBIGINT, split VARCHAR, name VARCHAR,
    text VARCHAR, answered BOOLEAN, problem VARCHAR);
`;

const VIEWS = `
  CREATE VIEW occurrences AS
    SELECT seq, NULL::VARCHAR AS name, text FROM paragraphs
    WHERE (source, article) IN (SELECT (source, article) FROM questions);
  CREATE VIEW staged_queries AS SELECT seq, split, name, text, NULL::VARCHAR AS type FROM questions;
  CREATE VIEW staged_qrels AS
    SELECT questions.seq AS query, paragraph AS document, 1 AS relevance FROM questions WHERE answered;
  CREATE VIEW staged_candidates AS
    SELECT questions.seq AS query, paragraphs.seq AS document, paragraphs.seq AS position
    FROM questions JOIN paragraphs USING (source, article);
`;

const SHAPE = `{"data":[{"paragraphs":[{"context":"VARCHAR",
  "qas":[{"id":"VARCHAR","question":"VARCHAR","is_impossible":"BOOLEAN"}]}]}]}`;

export async function readSquad(work: Workspace, params: SquadParams): Promise<void> {
  await work.database.run(TABLES + VIEWS);
  for (const source of await work.addSplits(params.splits)) {
    const limit = await remaining(work, 'questions', source.split!);
    const path = await plain(work, source);
    await work.read(source, parse(path));
    await requireArticles(work, source);
    await work.database.run(insert(source, limit));
  }
  await work.database.run(`
    UPDATE questions SET problem = 'question about a missing paragraph'
      FROM paragraphs WHERE paragraph = paragraphs.seq AND paragraphs.problem IS NOT NULL
        AND questions.problem IS NULL;
    UPDATE questions SET problem = 'question id repeated within its split' FROM (
      SELECT seq AS later FROM questions WHERE problem IS NULL
      QUALIFY row_number() OVER (PARTITION BY split, name ORDER BY seq) > 1) WHERE seq = later`);
  await setAside(work, 'paragraphs');
  await setAside(work, 'questions');
}

/** DuckDB's reader for a whole JSON value has to know its size beforehand. */
async function plain(work: Workspace, source: Source): Promise<string> {
  const compression = compressionOf(source.label);
  if (compression === 'none') return source.path;
  if (compression === 'zstd') throw unreadable(source, new Error('SQuAD files may be plain or .gz'));
  const path = join(work.context.scratch, `squad-${source.index}.json`);
  try {
    await pipeline(createReadStream(source.path), createGunzip(), createWriteStream(path), {
      signal: work.context.signal,
    });
  } catch (error) {
    work.context.signal.throwIfAborted();
    throw unreadable(source, error);
  }
  return path;
}

function parse(path: string): string {
  const size = Math.max(1024, statSync(path).size + 1);
  return `
    CREATE OR REPLACE TEMP TABLE articles AS
      SELECT row_number() OVER () AS article, paragraphs FROM (
        SELECT unnest(json_transform(json, ${literal(SHAPE)}).data, recursive := true) AS paragraphs
        FROM read_json_objects(${literal(path)}, format = 'unstructured', compression = 'none',
                               maximum_object_size = ${size}))`;
}

async function requireArticles(work: Workspace, source: Source): Promise<void> {
  const [row] = await work.database.rows('SELECT count(*) AS n FROM articles WHERE paragraphs IS NOT NULL');
  if (Number(row!['n']) > 0) return;
  throw new PipelineError('E_INPUT', `${source.label} is not SQuAD: it has no data[].paragraphs[]`, {
    hint: 'a SQuAD file is one JSON object {version, data: [{title, paragraphs: [{context, qas: […]}]}]}',
  });
}

function insert(source: Source, limit: number | undefined): string {
  const question = firstProblem([
    [blank('qa.id'), 'question id missing'],
    [blank('qa.question'), 'question missing or empty'],
  ]);
  return `
    CREATE OR REPLACE TEMP TABLE contexts AS
      SELECT row_number() OVER () AS row, article, paragraph FROM (
        SELECT article, unnest(paragraphs) AS paragraph FROM articles);
    INSERT INTO paragraphs
      SELECT ${sequence(source, 'row')}, ${source.index}, row, article, paragraph.context,
             ${firstProblem([[blank('paragraph.context'), 'paragraph missing or empty']])}
      FROM contexts;
    INSERT INTO questions
      SELECT ${sequence(source, 'row')}, ${source.index}, row, article, ${sequence(source, 'place')},
             ${literal(source.split!)}, qa.id, qa.question, NOT coalesce(qa.is_impossible, false), ${question}
      FROM (SELECT row_number() OVER () AS row, article, place, qa FROM (
        SELECT article, row AS place, unnest(paragraph.qas) AS qa FROM contexts))
      ${limit === undefined ? '' : `WHERE row <= ${limit}`};`;
}
