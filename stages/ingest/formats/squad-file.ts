/** Reads and checks a SQuAD file. It is one JSON value and is read whole: the training set of SQuAD v2.0 has 42 MB. */
import { createReadStream } from 'node:fs';
import { PipelineError } from '../../../src/stage.ts';
import { refuseForeign, unpacked } from '../tables/lines.ts';
import { isBlank, isRecord } from '../tables/values.ts';
import type { Source, Workspace } from '../workspace.ts';

export interface Article {
  /** Null where the file has none. */
  readonly title: string | null;
  readonly paragraphs: readonly { readonly context: unknown; readonly qas: readonly unknown[] }[];
}

/** JavaScript objects take several times the file's size. */
const MOST_BYTES = 128 << 20;

export async function squadArticles(work: Workspace, source: Source): Promise<Article[]> {
  let articles: Article[] = [];
  await work.scan(source, async (done) => {
    articles = articlesOf(source, parse(source, await readWhole(work, source, done)));
  });
  return articles;
}

async function readWhole(work: Workspace, source: Source, done: (bytes: number) => void): Promise<Buffer> {
  const file = createReadStream(source.path, { highWaterMark: 1 << 20 });
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of unpacked(source, file) as AsyncIterable<Buffer>) {
      work.context.signal.throwIfAborted();
      if (length === 0) refuseForeign(source, piece);
      length += piece.length;
      if (length > MOST_BYTES)
        throw new PipelineError('E_INPUT', `${source.label} is larger than ${MOST_BYTES >> 20} MiB`, {
          hint: 'A SQuAD file is read whole. Split it, or convert it to JSON Lines and write `format: jsonl`.',
        });
      pieces.push(piece);
      done(file.bytesRead);
    }
  } finally {
    file.destroy();
  }
  return Buffer.concat(pieces);
}

function parse(source: Source, bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new PipelineError('E_INPUT', `${source.label} is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function articlesOf(source: Source, value: unknown): Article[] {
  const data = isRecord(value) ? value['data'] : undefined;
  if (!Array.isArray(data)) throw notSquad(source, 'it has no list `data`');
  return data.map((article: unknown, index) => {
    const paragraphs = isRecord(article) ? article['paragraphs'] : undefined;
    if (!Array.isArray(paragraphs)) throw notSquad(source, `data[${index}] has no list \`paragraphs\``);
    return {
      title: titleOf(article),
      paragraphs: paragraphs.map((paragraph: unknown, place) => {
        const qas = isRecord(paragraph) ? (paragraph['qas'] ?? []) : undefined;
        if (!isRecord(paragraph) || !Array.isArray(qas))
          throw notSquad(source, `data[${index}].paragraphs[${place}] has no list \`qas\``);
        return { context: paragraph['context'], qas };
      }),
    };
  });
}

/** Wikipedia's titles have underscores for spaces. */
function titleOf(article: unknown): string | null {
  const title = isRecord(article) ? article['title'] : undefined;
  if (typeof title !== 'string' || isBlank(title)) return null;
  return title.replaceAll('_', ' ');
}

const notSquad = (source: Source, why: string): PipelineError =>
  new PipelineError('E_INPUT', `${source.label} is not SQuAD: ${why}`, {
    hint: 'A SQuAD file is one JSON object {version, data: [{title, paragraphs: [{context, qas: […]}]}]}.',
  });
