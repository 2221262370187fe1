/**
 * An example of a custom stage kind, and the data of quickstart.yaml: documentation comments of TypeScript declaration
 * files, which every machine has after `npm ci`. The qualified name of a symbol, split into words, is a query; its
 * description is the relevant document. The output is a BEIR folder.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import {
  defineStage,
  PipelineError,
  type FromSchema,
  type StageContext,
  type StageResult,
} from 'two-tower/stage';
import { documentedSymbols } from './documented-symbols.ts';

const share = (description: string) =>
  ({
    description,
    type: 'number',
    minimum: 0,
    maximum: 0.5,
    default: 0.1,
  }) as const;

const parameters = {
  type: 'object',
  additionalProperties: false,
  required: ['files'],
  properties: {
    files: {
      description: 'Declaration files, as paths or globs.',
      type: 'array',
      minItems: 1,
      items: { type: 'string', 'x-path': 'input', description: 'A path or glob relative to the spec.' },
    },
    min_words: {
      description: 'Minimum number of words in a description; shorter ones are left out.',
      type: 'integer',
      minimum: 1,
      default: 5,
    },
    validation_share: share('Fraction of the symbols in the validation split, which chooses the epoch.'),
    test_share: share('Fraction of the symbols in the test split, which is only evaluated.'),
  },
} as const;

type Params = FromSchema<typeof parameters>;

export const stage = defineStage<Params>({
  description:
    'Reads the documentation comments of TypeScript declaration files: the words of the name of each documented symbol are a query, its description is the relevant document.',
  parameters,
  inputs: {},
  output: 'files',
  run: (context) => Promise.resolve(collect(context)),
});

/** The split depends only on the query, so that adding files does not move queries between splits. */
function splitOf(query: string, { validation_share, test_share }: Params): 'train' | 'validation' | 'test' {
  const position = createHash('sha256').update(query).digest().readUInt32LE(0) / 2 ** 32;
  if (position < test_share) return 'test';
  return position < test_share + validation_share ? 'validation' : 'train';
}

function collect(context: StageContext<Params>): StageResult {
  const { params, output } = context;
  const files = [...new Set(params.files.flatMap((pattern) => globSync(pattern, { absolute: true })))].sort();
  const documents = makeIds();
  const queries = makeIds();
  const qrels = { train: new Set<string>(), validation: new Set<string>(), test: new Set<string>() };
  files.forEach((file, index) => {
    for (const { name, words, description } of documentedSymbols(file, readFileSync(file, 'utf8'))) {
      if (description.split(' ').length < params.min_words) continue;
      const document = documents.of(description, name);
      const query = queries.of(words, words);
      qrels[splitOf(words, params)].add(`${query}\t${document}\t1`);
    }
    context.progress({ done: index + 1, total: files.length, unit: 'files' });
  });
  if (documents.texts.size === 0)
    throw new PipelineError('E_INPUT', 'the declaration files contain no documented symbol', {
      hint: 'Run `npm ci` first: the files come with the packages.',
    });
  writeLines(join(output, 'corpus.jsonl'), documents.texts, (text, id) => ({ _id: id, title: '', text }));
  writeLines(join(output, 'queries.jsonl'), queries.texts, (text, id) => ({ _id: id, text }));
  mkdirSync(join(output, 'qrels'));
  for (const [split, lines] of Object.entries(qrels))
    writeFileSync(
      join(output, 'qrels', `${split}.tsv`),
      ['query-id\tcorpus-id\tscore', ...lines, ''].join('\n'),
    );
  return {
    metrics: { files: files.length, documents: documents.texts.size, queries: queries.texts.size },
    headline: `${files.length} files · ${documents.texts.size} descriptions`,
  };
}

interface Ids {
  /** Text → id. */
  readonly texts: ReadonlyMap<string, string>;
  /** The id of a text: its first name, with a number if other texts have the same name. */
  of(text: string, name: string): string;
}

function makeIds(): Ids {
  const texts = new Map<string, string>();
  const taken = new Map<string, number>();
  const fresh = (name: string): string => {
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return count === 1 ? name : `${name}~${count}`;
  };
  return {
    texts,
    of(text, name) {
      const id = texts.get(text) ?? fresh(name);
      texts.set(text, id);
      return id;
    },
  };
}

function writeLines(
  path: string,
  ids: ReadonlyMap<string, string>,
  row: (text: string, id: string) => object,
): void {
  writeFileSync(path, [...ids].map(([text, id]) => `${JSON.stringify(row(text, id))}\n`).join(''));
}
