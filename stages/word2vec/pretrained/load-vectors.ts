/** Loads pretrained vectors for the words of the model vocabulary. The file is read in vector-file.ts. */
import { requireMemory } from '../../../src/base/memory.ts';
import { SPECIAL_TOKENS, type Tokens } from '../../../src/formats/tokens.ts';
import type { WordVectors } from '../../../src/formats/vectors.ts';
import { createTokenizer, vocabularyMap } from '../../../src/retrieval/tokenizer.ts';
import { PipelineError, type StageContext } from '../../../src/stage.ts';
import type { PretrainedParams } from '../parameters.ts';
import { fillUnknown } from '../made-up.ts';
import { estimateMissing } from './missing-words.ts';
import { readVectorFile } from './vector-file.ts';

export interface Loaded {
  readonly vectors: WordVectors;
  /** Rows of the file. */
  readonly rowsRead: number;
  /** Words that took the vector of a word that the tokeniser normalises to them. */
  readonly folded: number;
  /** Bad rows that were left out. */
  readonly rejected: number;
  /** Words that the file lacks and that got an estimated vector, and how good such estimates are. */
  readonly estimated: number;
  readonly estimateCosine: number;
}

const ABSENT = 0;
const FOLDED = 1;
const EXACT = 2;

/**
 * Keeps the file's rows for the words of the model vocabulary. An exact match takes precedence over a row that the
 * tokeniser normalises to the word, in whatever order they are in the file. Among equal matches the first is used,
 * because files are sorted by descending frequency. The file's `<unk>` is used for ours.
 */
export async function loadVectors(
  context: Pick<StageContext, 'signal' | 'progress' | 'log'>,
  tokens: Tokens,
  params: PretrainedParams,
): Promise<Loaded> {
  const rows = tokens.config.model_vocabulary;
  const ids = vocabularyMap({ tokens: tokens.vocabulary.tokens.slice(0, rows) });
  ids.delete(tokens.vocabulary.tokens[0]!);
  const { fold } = createTokenizer(tokens.config);
  const match = new Uint8Array(rows);
  const first: string[] = [];
  let [data, dimensions] = [new Float32Array(0), 0];
  // A bad row must not overwrite part of an earlier match.
  let values = new Float32Array(0);
  const { rows: rowsRead, rejects } = await readVectorFile(context, params, {
    begin: (width) => {
      dimensions = width;
      requireMemory(`the vectors of ${params.path}`, { max_vocab: rows, dimensions: width });
      values = new Float32Array(width);
      data = new Float32Array(rows * width);
    },
    row: (word, read) => {
      if (first.length < WORDS_SHOWN) first.push(word);
      const own = ids.get(word);
      const id = own ?? (params.case_fallback ? ids.get(fold(word)) : undefined);
      const found = own === undefined ? FOLDED : EXACT;
      if (id === undefined || match[id]! >= found) return;
      if (!read(values)) return;
      data.set(values, id * dimensions);
      match[id] = found;
    },
  });
  if (rowsRead === 0) throw new PipelineError('E_INPUT', `${params.path} contains no vectors`);
  const rejected = rejects.count();
  if (rejected > 0) context.log(`${rejected} bad rows left out: ${rejects.summary()}`);
  if (rejected > 0 && match.every((found) => found === ABSENT))
    throw new PipelineError('E_INPUT', `no row of ${params.path} is usable: ${rejects.summary()}`, {
      hint: 'Without `on_error: skip`, the first of them is reported with its text.',
    });
  if (match.every((found) => found === ABSENT)) throw noWordFound(params.path, rowsRead, first, tokens);
  const known = match.map((found) => (found === ABSENT ? 0 : 1));
  const vectors = { rows, dimensions, data, known };
  const estimated = params.missing === 'estimate' ? estimateMissing(vectors, tokens) : undefined;
  fillUnknown(vectors, params.seed, new Set(estimated?.ids));
  return {
    vectors,
    rowsRead,
    folded: match.filter((found) => found === FOLDED).length,
    rejected,
    estimated: estimated?.ids.length ?? 0,
    estimateCosine: estimated?.cosine ?? 0,
  };
}

/** Words of the file and of the corpus in the error, so that a reader sees in what they differ. */
const WORDS_SHOWN = 3;

function noWordFound(
  path: string,
  rowsRead: number,
  first: readonly string[],
  { vocabulary, config }: Tokens,
): PipelineError {
  const own = vocabulary.tokens.slice(SPECIAL_TOKENS.length, config.model_vocabulary);
  const listed = (words: readonly string[]): string =>
    words
      .slice(0, WORDS_SHOWN)
      .map((word) => `'${word}'`)
      .join(', ');
  if (own.length === 0)
    return new PipelineError('E_INPUT', 'the vocabulary of models has no word that could have a vector', {
      hint: 'Lower `min_count` of the tokenize stage.',
    });
  return new PipelineError(
    'E_INPUT',
    `${path} has a vector for none of the ${own.length} words of the vocabulary (${rowsRead} rows read)`,
    {
      hint:
        `The file begins with ${listed(first)}, the vocabulary with ${listed(own)}. Use vectors of the same language ` +
        'and letter case, or set `source: train`.',
    },
  );
}
