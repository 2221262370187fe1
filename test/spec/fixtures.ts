import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { PipelineError, type Diagnostic } from '../../src/base/diagnostic.ts';
import { digestOf } from '../../src/base/hash.ts';
import type { Kind, KindCatalogue } from '../../src/kinds/kind.ts';
import { loadSpec } from '../../src/spec/load.ts';
import type { LoadOptions } from '../../src/spec/spec.ts';
import { formatDiagnostics } from '../../src/spec/print.ts';
import type { Spec, StageSpec } from '../../src/spec/spec.ts';
import type { JsonSchema, KindDeclaration } from '../../src/stage.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

const path = { type: 'string', minLength: 1, 'x-path': 'input', description: 'A file.' };
const object = (properties: JsonSchema, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

/** A small world of kinds that has one of everything that a schema or a slot can say. */
export const DECLARATIONS: Readonly<Record<string, KindDeclaration>> = {
  ingest: {
    description: 'Reads a corpus.',
    parameters: {
      type: 'object',
      required: ['format'],
      discriminator: { propertyName: 'format' },
      oneOf: [
        object(
          {
            format: { const: 'beir', description: 'A folder.' },
            folder: { ...path, description: 'The folder.' },
          },
          ['format', 'folder'],
        ),
        object(
          {
            format: { enum: ['tsv', 'csv'], description: 'Tables.' },
            splits: {
              description: 'Split name → files.',
              type: 'object',
              minProperties: 1,
              additionalProperties: { anyOf: [path, { type: 'array', minItems: 1, items: path }] },
            },
            header: {
              type: 'boolean',
              default: true,
              description: 'Whether a first line names the columns.',
            },
          },
          ['format', 'splits'],
        ),
      ],
    },
    inputs: {},
    output: 'corpus',
  },
  tokenize: {
    description: 'Cuts text into words.',
    parameters: object({
      max_vocab: { type: 'integer', minimum: 3, default: 50000, description: 'Most words.' },
      lowercase: { type: 'boolean', default: true, description: 'Folds case.' },
      normalization: { enum: ['NFKC', 'NFC', 'none'], default: 'NFKC', description: 'Unicode form.' },
      splits: {
        type: 'array',
        items: { type: 'string' },
        uniqueItems: true,
        default: ['train'],
        description: 'Splits.',
      },
    }),
    inputs: { corpus: { type: 'corpus', description: 'Documents and queries.' } },
    output: 'tokens',
  },
  mine: {
    description: 'Makes triplets.',
    parameters: object({
      negatives: {
        description: 'Where negatives come from.',
        type: 'array',
        minItems: 1,
        default: [{ from: 'random', weight: 1 }],
        items: {
          type: 'object',
          required: ['from'],
          discriminator: { propertyName: 'from' },
          oneOf: ['random', 'bm25'].map((from) =>
            object(
              {
                from: { const: from, description: 'The source.' },
                weight: { type: 'number', exclusiveMinimum: 0, default: 1, description: 'Its weight.' },
              },
              ['from'],
            ),
          ),
        },
      },
    }),
    inputs: { tokens: { type: 'tokens', description: 'Words.' } },
    output: 'triplets',
  },
  train: {
    description: 'Trains a model.',
    parameters: object({
      dimensions: { type: 'integer', minimum: 1, default: 128, description: 'Length of a vector.' },
      loss: {
        ...object({ margin: { type: 'number', minimum: 0, default: 0.2, description: 'The margin.' } }),
        default: {},
        description: 'The loss.',
      },
    }),
    inputs: {
      triplets: { type: 'triplets', description: 'What it learns from.' },
      start: { type: 'model', description: 'Weights to begin with.', optional: true },
      vectors: { type: 'vectors', description: 'First vectors.', optional: true, many: 'paired' },
    },
    output: 'model',
    numeric: true,
  },
  vectors: {
    description: 'Loads vectors.',
    parameters: object({ path }, ['path']),
    inputs: {
      files: { type: 'files', description: 'Where the path lies.', optional: true, rootsPaths: true },
    },
    output: 'vectors',
  },
  command: {
    description: 'Runs a command.',
    parameters: object(
      {
        run: { type: 'string', minLength: 1, description: 'The command.' },
        params: { type: 'object', additionalProperties: true, default: {}, description: 'Values.' },
      },
      ['run'],
    ),
    inputs: { '*': { type: 'any', description: 'Any artifact.', optional: true } },
    output: 'files',
  },
  report: {
    description: 'Joins reports.',
    parameters: object({}),
    inputs: { parts: { type: ['model', 'tokens'], description: 'What is joined.', many: true } },
    output: 'report',
  },
};

export function kindOf(name: string, declaration: KindDeclaration): Kind {
  return {
    name,
    declaration,
    code: digestOf(JSON.stringify(declaration)),
    module: `/kinds/${name}.js`,
    origin: 'built-in',
  };
}

/** Built-in kinds from declarations; modules by absolute path. */
export function catalogueOf(
  declarations: Readonly<Record<string, KindDeclaration>> = DECLARATIONS,
  modules: Readonly<Record<string, KindDeclaration>> = {},
): KindCatalogue {
  return {
    names: Object.keys(declarations).sort(),
    builtIn: (name) => (Object.hasOwn(declarations, name) ? kindOf(name, declarations[name]!) : undefined),
    module: (file) => {
      const declaration = modules[file];
      if (!declaration)
        return Promise.reject(
          new PipelineError('E_KIND', `${basename(file)}: there is no such file`, { hint: 'look again' }),
        );
      return Promise.resolve({
        ...kindOf(basename(file, extname(file)), declaration),
        module: file,
        origin: 'module',
      });
    },
  };
}

export type Options = Partial<LoadOptions>;

export interface Project {
  readonly folder: string;
  readonly write: (files: Readonly<Record<string, string | Uint8Array>>) => void;
  /** The spec; fails the test with the printed diagnostics where there are any. */
  readonly load: (options?: Options, file?: string) => Promise<Spec>;
  readonly diagnostics: (options?: Options, file?: string) => Promise<readonly Diagnostic[]>;
  /** What the user sees, paths relative to the project. */
  readonly printed: (options?: Options, file?: string) => Promise<string>;
}

/** A folder with these files, or with one `spec.yaml` of this text. */
export function project(
  content: string | Uint8Array | Readonly<Record<string, string | Uint8Array>>,
): Project {
  const folder = temporaryFolder();
  const write: Project['write'] = (files) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  };
  write(typeof content === 'string' || content instanceof Uint8Array ? { 'spec.yaml': content } : content);
  const load = (options: Options = {}, file = 'spec.yaml'): ReturnType<typeof loadSpec> =>
    loadSpec(join(folder, file), { kinds: catalogueOf(), ...options });
  const diagnostics: Project['diagnostics'] = async (options, file) => {
    const loaded = await load(options, file);
    return loaded.ok ? loaded.value.warnings : loaded.error;
  };
  const printed: Project['printed'] = async (options, file) =>
    formatDiagnostics(await diagnostics(options, file), { color: false }).replaceAll(`${folder}/`, '');
  return {
    folder,
    write,
    diagnostics,
    printed,
    async load(options, file) {
      const loaded = await load(options, file);
      if (!loaded.ok) throw new Error(formatDiagnostics(loaded.error, { color: false }));
      return loaded.value.spec;
    },
  };
}

export function stage(spec: Spec, name: string): StageSpec {
  const found = spec.stages.find((one) => one.name === name);
  if (!found) throw new Error(`no stage ${name}`);
  return found;
}

/** A sound spec to break. */
export const SOUND = `name: small
params: { dim: 64 }
stages:
  corpus:
    uses: ingest
    with: { format: beir, folder: data }
  tokens:
    uses: tokenize
    inputs: { corpus: corpus }
  triplets:
    uses: mine
    inputs: { tokens: tokens }
  model:
    uses: train
    inputs: { triplets: triplets }
    with:
      dimensions: \${params.dim}
`;
