/** The map of an `embed` stage: where documents and queries lie, and which evaluated queries hit. */
import { join } from 'node:path';
import { openCorpus, type Corpus } from '../../formats/corpus.ts';
import { DOCUMENTS_FILE, QUERIES_FILE, readEmbeddingsConfig } from '../../formats/embeddings.ts';
import { readNpyRows, type Matrix } from '../../formats/npy.ts';
import { readPerQuery } from '../../formats/per-query.ts';
import { trecName } from '../../formats/trec.ts';
import type { MapTextsView, MapView } from '../views/map-view.ts';
import { mapTextsName } from '../views/names.ts';
import { corpusOf } from './corpus-of.ts';
import { cutText } from './cut-text.ts';
import { mapPoints, type MapPoints } from './map-points.ts';
import { projectOnPlane } from './principal-components.ts';
import { reportOf } from './report.ts';
import type { ShownRun, ShownStage } from './shown-run.ts';

const MAP_CAP = 20_000;
const TEXT_LENGTH = 80;
const HIT_DEPTH = 10;

/** Undefined where the run has no such embeddings, or their corpus is gone. */
export async function mapView(run: ShownRun, stageName: string, cap = MAP_CAP): Promise<MapView | undefined> {
  const stage = run.stages.find(({ name }) => name === stageName);
  const folder = stage?.manifest?.type === 'embeddings' ? (await stage.fetch())?.path : undefined;
  const corpusStage = stage && corpusOf(run, stage);
  const corpusFolder = (await corpusStage?.fetch())?.path;
  if (!stage || folder === undefined || !corpusStage || corpusFolder === undefined) return undefined;
  const { documents, queries, hybrid } = readEmbeddingsConfig(folder);
  const corpus = await openCorpus(corpusFolder);
  try {
    const splits = await splitsOf(corpus);
    if (corpus.counts().documents !== documents || splits.of.length !== queries) return undefined;
    const points = mapPoints(documents, queries, await evaluatedQueries(run, corpusStage, corpus), cap);
    const learned = hybrid?.learned.dimensions;
    const plane = projectOnPlane(
      stacked(
        readNpyRows(join(folder, DOCUMENTS_FILE), points.documents),
        readNpyRows(join(folder, QUERIES_FILE), points.queries),
        learned,
      ),
    );
    const hits = await hitsOf(run, stage, corpus);
    const count = points.documents.length + points.queries.length;
    const group = new Uint8Array(count);
    const hit = new Uint8Array(count);
    points.queries.forEach((id, i) => {
      group[points.documents.length + i] = 1 + splits.of[id]!;
      hit[points.documents.length + i] = hits.get(id) ?? 0;
    });
    return {
      stage: stageName,
      points: count,
      vectors: documents + queries,
      cap,
      explained: plane.explained,
      positions: quantised(plane.first, plane.second),
      group: base64(group),
      groups: ['document', ...splits.names],
      hit: base64(hit),
      hitMeans: hits.size === 0 ? null : `a relevant document among the first ${HIT_DEPTH}`,
      learnedOnly: hybrid !== undefined,
      texts: mapTextsName(run.id, corpusStage.name),
    };
  } finally {
    corpus.close();
  }
}

/** The beginnings of the texts of every map over this corpus. */
export async function mapTextsView(
  run: ShownRun,
  corpusName: string,
  cap = MAP_CAP,
): Promise<MapTextsView | undefined> {
  const stage = run.stages.find(({ name }) => name === corpusName);
  const folder = stage?.manifest?.type === 'corpus' ? (await stage.fetch())?.path : undefined;
  if (!stage || folder === undefined) return undefined;
  const corpus = await openCorpus(folder);
  try {
    const { of } = await splitsOf(corpus);
    const evaluated = await evaluatedQueries(run, stage, corpus);
    return { texts: await textsOf(corpus, mapPoints(corpus.counts().documents, of.length, evaluated, cap)) };
  } finally {
    corpus.close();
  }
}

async function textsOf(corpus: Corpus, { documents, queries }: MapPoints): Promise<string[]> {
  const begin = (text: string): string => {
    const { text: start, cut } = cutText(text.replace(/\s+/g, ' '), TEXT_LENGTH);
    return cut ? `${start}…` : start;
  };
  const found = await corpus.documentTexts(documents);
  const texts = Array.from(documents, (id) => begin(found.get(id)?.text ?? ''));
  const wanted = new Set(queries);
  for await (const batch of corpus.queries())
    batch.ids.forEach((id, i) => {
      if (wanted.has(id)) texts.push(begin(batch.texts[i]!));
    });
  return texts;
}

/** The split of each query, and the splits' names; queries that were made are a group of their own. */
async function splitsOf(corpus: Corpus): Promise<{ names: string[]; of: Uint8Array }> {
  const rows = await corpus.queryRows();
  const groups = rows.map(({ split, synthetic }) => (synthetic ? `${split} (synthetic)` : split));
  const names = [...new Set(groups)];
  return { names, of: Uint8Array.from(groups, (group) => names.indexOf(group)) };
}

/** Of all reports over this corpus, so that its maps have the same points. */
async function evaluatedQueries(
  run: ShownRun,
  corpusStage: ShownStage,
  corpus: Corpus,
): Promise<Set<number>> {
  const found = new Set<number>();
  for (const stage of run.stages) {
    if (stage.manifest?.type !== 'report') continue;
    // A report may read the corpus that queries were added to: the ids of the old ones are the same.
    for (const id of (await ranksOf(stage, corpus)).keys()) found.add(id);
  }
  return corpusStage.manifest ? found : new Set();
}

/** query_id → 1 a miss, 2 a hit, by the last report that evaluates these embeddings. */
async function hitsOf(run: ShownRun, embed: ShownStage, corpus: Corpus): Promise<Map<number, number>> {
  const report = run.stages.findLast(
    ({ manifest, inputs }) =>
      manifest?.type === 'report' && Object.values(inputs).flat().includes(embed.name),
  );
  if (!report) return new Map();
  const ranks = await ranksOf(report, corpus);
  return new Map([...ranks].map(([id, rank]) => [id, rank <= HIT_DEPTH ? 2 : 1]));
}

/** query_id → rank of the first relevant document in the model's list; NaN where there is none. */
async function ranksOf(stage: ShownStage, corpus: Corpus): Promise<Map<number, number>> {
  const folder = (await stage.fetch())?.path;
  const report = folder === undefined ? undefined : reportOf(stage, folder);
  const perQuery = folder === undefined ? undefined : readPerQuery(folder);
  if (!report || !perQuery) return new Map();
  const ranks = perQuery.ranks.get(`${report.label}/rank`);
  if (!ranks) return new Map();
  const rows = await corpus.queryRows(report.split);
  // The report's files escape names.
  const ids = new Map(rows.map(({ name, id }) => [trecName(name), id]));
  return new Map(
    perQuery.queries.flatMap((name, i) => {
      const id = ids.get(name);
      return id === undefined ? [] : [[id, ranks[i]!] as const];
    }),
  );
}

/** Rows of both below each other; of hybrid embeddings the learned part alone, which is what the model makes. */
function stacked(first: Matrix, second: Matrix, columns = first.columns): Matrix {
  const data = new Float32Array((first.rows + second.rows) * columns);
  for (const [matrix, offset] of [
    [first, 0],
    [second, first.rows],
  ] as const)
    for (let row = 0; row < matrix.rows; row++)
      data.set(
        matrix.data.subarray(row * matrix.columns, row * matrix.columns + columns),
        (offset + row) * columns,
      );
  return { rows: first.rows + second.rows, columns, data };
}

/** Pairs of little-endian uint16 over the range of each axis, in base64. */
function quantised(x: Float64Array, y: Float64Array): string {
  const bytes = Buffer.alloc(4 * x.length);
  for (const [axis, values] of [x, y].entries()) {
    let low = Infinity;
    let high = -Infinity;
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    values.forEach((value, i) => {
      const unit = high > low ? (value - low) / (high - low) : 0.5;
      bytes.writeUInt16LE(Math.round(unit * 65_535), 4 * i + 2 * axis);
    });
  }
  return bytes.toString('base64');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
