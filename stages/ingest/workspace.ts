/**
 * The staging database of an ingest stage, in the scratch folder. The reader of the format fills it with
 *
 *   occurrences        seq UBIGINT, name VARCHAR or NULL, text VARCHAR, title VARCHAR or NULL   every occurrence of a document
 *   staged_queries     seq UBIGINT, split VARCHAR, name VARCHAR or NULL, text VARCHAR, type VARCHAR or NULL
 *   staged_qrels       query UBIGINT, document UBIGINT, relevance INTEGER     (seq numbers)
 *   staged_candidates  query UBIGINT, document UBIGINT, position UBIGINT      (seq numbers)
 *   staged_groups      query UBIGINT, name VARCHAR                            groups for `split`, where it is by group
 *   rejects            source UINTEGER, row UBIGINT, reason VARCHAR
 *
 * each a table or a view. Ascending seq is the order in the data; it does not depend on threads. The corpus itself is
 * written in finish.ts.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { monotonic } from '../../src/base/clock.ts';
import { exactPath, literal, openDatabase, type Database } from '../../src/formats/duckdb.ts';
import { PipelineError, type StageContext } from '../../src/stage.ts';
import { openSources, type FoundFile } from './files.ts';
import type { IngestParams } from './parameters.ts';
import type { Files, FilesBySplit } from './schema-parts.ts';

/** One file to read. */
export interface Source extends FoundFile {
  /** Position among all sources, from 0. */
  readonly index: number;
  readonly bytes: number;
  /** The split to which the spec assigns the file, if any. */
  readonly split: string | null;
}

export interface Workspace {
  readonly database: Database;
  readonly sources: readonly Source[];
  readonly context: StageContext<IngestParams>;
  /** Finds or downloads files and registers them in the given order. All files are added before the first `read`. */
  add(files: Files, split?: string): Promise<Source[]>;
  addSplits(splits: FilesBySplit): Promise<Source[]>;
  /** Registers a source without a file, such as a SELECT, so that messages can name it. */
  addNamed(label: string): Source;
  /** From here on, DuckDB reads the added files alone: no others, no URLs, no extensions. `read` does this by itself. */
  confine(): Promise<void>;
  /** Runs a statement that scans one source: its bytes count as progress, and errors name it. */
  read(source: Source, sql: string): Promise<void>;
  /** Reads one source in JavaScript: `scan` reports how many bytes are done, and errors name the source. */
  scan(source: Source, scan: (done: (bytes: number) => void) => Promise<void>): Promise<void>;
  /** Runs a statement; `note` describes it in the progress. */
  step(note: string, sql: string): Promise<void>;
  close(): void;
}

/** Half of the 1 GiB that the stage process may use; the rest is for the buffers of readers and Node. */
const MEMORY_MEGABYTES = 512;
const TICK_MS = 250;

export async function openWorkspace(context: StageContext<IngestParams>): Promise<Workspace> {
  const database = await openDatabase(join(context.scratch, 'staging.duckdb'), {
    threads: context.threads,
    memoryMegabytes: MEMORY_MEGABYTES,
    scratch: join(context.scratch, 'spill'),
  });
  await database.run(`
    SET preserve_insertion_order = true; SET enable_progress_bar = true; SET enable_progress_bar_print = false;
    CREATE TABLE rejects (source UINTEGER, row UBIGINT, reason VARCHAR)`);
  const sources: Source[] = [];
  const find = openSources(context);
  let bytesRead = 0;
  let confined = false;
  const confine = async (): Promise<void> => {
    if (confined) return;
    confined = true;
    const files = sources.flatMap(({ path }) => [path, exactPath(path)]);
    await database.run(`
      SET allowed_paths = [${files.map(literal).join(', ')}];
      SET allowed_directories = [${[context.scratch, context.output].map(literal).join(', ')}];
      SET enable_external_access = false; SET lock_configuration = true`);
  };

  const add = async (files: Files, split?: string): Promise<Source[]> => {
    const added: Source[] = [];
    for (const file of await find(files)) {
      const source = {
        ...file,
        index: sources.length,
        bytes: statSync(file.path).size,
        split: split ?? null,
      };
      sources.push(source);
      added.push(source);
    }
    return added;
  };

  const run = async (sql: string, tick: () => void): Promise<void> => {
    const { signal } = context;
    signal.throwIfAborted();
    const timer = setInterval(tick, TICK_MS);
    const stop = (): void => {
      database.interrupt();
    };
    signal.addEventListener('abort', stop);
    try {
      await database.run(sql);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', stop);
    }
  };

  const scan: Workspace['scan'] = async (source, read) => {
    const total = sources.reduce((sum, { bytes }) => sum + bytes, 0);
    let reported = -Infinity;
    const done = (bytes: number): void => {
      if (monotonic() - reported < TICK_MS) return;
      reported = monotonic();
      const note = `reading ${source.label}`;
      context.progress({ done: bytesRead + Math.round(bytes), total, unit: 'bytes', note });
    };
    done(0);
    try {
      await read(done);
    } catch (error) {
      context.signal.throwIfAborted();
      throw unreadable(source, error);
    }
    bytesRead += source.bytes;
  };

  return {
    database,
    sources,
    context,
    add,
    addSplits: async (splits) => {
      const added: Source[] = [];
      for (const [split, files] of Object.entries(splits)) added.push(...(await add(files, split)));
      return added;
    },
    confine,
    addNamed: (label) => {
      const source = { path: '', label, index: sources.length, bytes: 0, split: null };
      sources.push(source);
      return source;
    },
    read: (source, sql) =>
      scan(source, async (done) => {
        await confine();
        await run(sql, () => {
          done(source.bytes * Math.min(1, Math.max(0, database.percentage() / 100)));
        });
      }),
    scan,
    step: async (note, sql) => {
      const started = monotonic();
      const report = (): void => {
        const done = Math.max(0, Math.round(database.percentage()));
        const seconds = Math.round((monotonic() - started) / 1000);
        context.progress({
          done,
          total: 100,
          unit: '%',
          note: seconds > 0 ? `${note} (${seconds} s)` : note,
        });
      };
      report();
      await run(sql, report);
    },
    close: () => {
      database.close();
    },
  };
}

/** An error with DuckDB's message, without its advice, which is for users of DuckDB itself. */
export function unreadable(source: Pick<Source, 'label'>, error: unknown): PipelineError {
  if (error instanceof PipelineError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR')
    return new PipelineError('E_INPUT', `${source.label} is not gzip, or is damaged or cut off`, {
      hint: 'Get the complete file; if it is not compressed, rename it without .gz.',
      cause: error,
    });
  const text = error instanceof Error ? error.message : String(error);
  const message = (text.split('\n')[0] ?? text).replace(/^[A-Za-z -]+ Error: /, '');
  return new PipelineError('E_INPUT', `cannot read ${source.label}: ${message}`, { cause: error });
}
