// Ingest and tokenize on MedQuAD: time, memory, and whether the cost stays linear at 10 and 100 times the rows.
//
//   npm run bench -- ingest [--times 1,10,100] [--texts same|distinct] [--threads 2]
//
// MEDQUAD_DIR names the folder of MedQuAD. Larger inputs repeat the same rows with changed ids, written to a temporary
// folder (100 times: 2 GB compressed, and as much again for DuckDB). With `--texts distinct`, every copy's texts differ
// too, so that no documents are deduplicated across copies.
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { constants, createGunzip, createGzip } from 'node:zlib';
import { medquad, runStage, SPLITS, TOKENIZE } from './ingest/shared.mjs';

async function readRows(path) {
  const rows = [];
  for await (const line of createInterface({ input: createReadStream(path).pipe(createGunzip()) }))
    rows.push(JSON.parse(line));
  return rows;
}

function* copies(rows, times, distinct) {
  for (let copy = 0; copy < times; copy++) {
    for (const row of rows) {
      const changed = { ...row, query_id: `${copy}-${row.query_id}` };
      if (distinct && copy > 0) {
        const texts = row.passages.passage_text.map((text) => `${text} (${copy})`);
        changed.passages = { ...row.passages, passage_text: texts };
      }
      yield `${JSON.stringify(changed)}\n`;
    }
  }
}

/** The three files, each `times` as long. */
async function replicate(data, folder, times, distinct) {
  const splits = {};
  for (const split of SPLITS) {
    const source = join(data, `${split}.jsonl.gz`);
    if (times === 1) {
      splits[split] = source;
      continue;
    }
    splits[split] = join(folder, `${split}.jsonl.gz`);
    const rows = await readRows(source);
    await pipeline(
      Readable.from(copies(rows, times, distinct)),
      createGzip({ level: constants.Z_BEST_SPEED }),
      createWriteStream(splits[split]),
    );
  }
  return splits;
}

function measure(folder, splits, threads) {
  const ingest = runStage({
    kind: 'ingest',
    params: { format: 'msmarco', on_error: 'fail', splits },
    inputs: {},
    folder: join(folder, 'corpus'),
    threads,
  });
  const corpus = {
    type: 'corpus',
    stage: 'corpus',
    path: join(folder, 'corpus', 'output'),
    digest: '',
    metrics: {},
  };
  const tokenize = runStage({
    kind: 'tokenize',
    params: TOKENIZE,
    inputs: { corpus },
    folder: join(folder, 'tokens'),
    threads,
  });
  return { ingest, tokenize };
}

const seconds = (value) => `${value.toFixed(1)} s`;

/** One row of the table: `times` as many rows. */
async function row(data, times, { distinct, threads }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-ingest-'));
  try {
    const splits = await replicate(data, folder, times, distinct);
    const { ingest, tokenize } = measure(folder, splits, threads);
    const { queries, documents, candidates } = ingest.metrics;
    return {
      rows: queries,
      passages: candidates,
      documents,
      ingest: seconds(ingest.seconds),
      'ingest CPU': seconds(ingest.processor),
      'ingest MB': Math.round(ingest.megabytes),
      tokenize: seconds(tokenize.seconds),
      'tokenize CPU': seconds(tokenize.processor),
      'tokenize MB': Math.round(tokenize.megabytes),
      together: seconds(ingest.seconds + tokenize.seconds),
      'CPU ms per 1,000 rows': Math.round(((ingest.processor + tokenize.processor) * 1e6) / queries),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function run(args = []) {
  const { values } = parseArgs({
    args,
    options: {
      times: { type: 'string', default: '1,10' },
      texts: { type: 'string', default: 'same' },
      threads: { type: 'string', default: '2' },
    },
  });
  const data = medquad();
  if (!data) {
    console.log('MedQuAD was not found: set MEDQUAD_DIR to its folder.');
    return;
  }
  const distinct = values.texts === 'distinct';
  const threads = Number(values.threads);
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`,
  );
  console.log(`${threads} threads, copies with ${distinct ? 'distinct texts' : 'the same texts'}`);
  const table = [];
  for (const times of values.times.split(',').map(Number))
    table.push(await row(data, times, { distinct, threads }));
  console.table(table);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await run(process.argv.slice(2));
