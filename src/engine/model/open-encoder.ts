/** A finished model, ready to encode. */
import { raggedFrom, type Ragged } from '../../formats/ragged.ts';
import {
  EMBEDDINGS,
  readModelConfig,
  readModelWeights,
  type ModelConfig,
  type ModelWeights,
} from '../../formats/model.ts';
import type { Engine } from '../../stage.ts';
import { encodeAll } from './encode-batches.ts';
import type { Inference } from './inference-model.ts';
import { newWords } from './new-words.ts';
import type { Side } from './towers.ts';

export interface Encoder {
  readonly config: ModelConfig;
  /** Whether a word without a row gets a vector from its n-grams. */
  readonly knowsNgrams: boolean;
  /**
   * Gives words their vectors, as the ids from `config.embeddings.rows` on, in place of those given before: at most
   * `newWords` of the options, and only where `knowsNgrams`.
   */
  nameWords(words: readonly string[]): void;
  /** One query after the other: [rows, dimensions]. */
  encodeQueries(rows: readonly Uint32Array[]): Float32Array;
  /** Fills [texts, dimensions]; yields how many texts are done. */
  encodeAll(side: Side, texts: Ragged, into: Float32Array): Generator<number, void>;
  dispose(): void;
}

export interface EncoderOptions {
  readonly engine: Engine;
  readonly threads: number;
  /** Room for words that the model has no row for; see `nameWords`. */
  readonly newWords?: number;
}

export async function openEncoder(folder: string, options: EncoderOptions): Promise<Encoder> {
  const config = readModelConfig(folder);
  const weights = readModelWeights(folder);
  const vectorsOf = newWords(folder, config, weights);
  const room = vectorsOf ? (options.newWords ?? 0) : 0;
  const open = options.engine.backend === 'wasm' ? embedded : tensorflow;
  const model = await open(...withRoom(config, weights, room), options);
  return {
    config,
    knowsNgrams: vectorsOf !== undefined,
    nameWords: (words) => {
      if (words.length === 0) return;
      if (!vectorsOf || words.length > room) throw new Error(`${words.length} new words, room for ${room}`);
      model.writeRows(
        Uint32Array.from(words, (_, i) => config.embeddings.rows + i),
        vectorsOf(words),
      );
    },
    encodeQueries: (rows) => model.infer('query', raggedFrom(rows)),
    encodeAll: (side, texts, into) =>
      encodeAll((batch) => model.infer(side, batch), config.dimensions, texts, into),
    dispose: () => {
      model.dispose();
    },
  };
}

/** The same model with `room` more rows of zeros in its table. */
function withRoom(config: ModelConfig, weights: ModelWeights, room: number): [ModelConfig, ModelWeights] {
  if (room === 0) return [config, weights];
  const { rows, dimensions } = config.embeddings;
  const data = new Float32Array((rows + room) * dimensions);
  data.set(weights.get(EMBEDDINGS)!.data);
  return [
    { ...config, embeddings: { rows: rows + room, dimensions } },
    new Map([...weights, [EMBEDDINGS, { shape: [rows + room, dimensions], data }]]),
  ];
}

async function embedded(
  config: ModelConfig,
  weights: ModelWeights,
  { engine, threads }: EncoderOptions,
): Promise<Inference> {
  const [{ openKernels }, { createInference }] = await Promise.all([
    import('../kernels/kernels.ts'),
    import('./inference-model.ts'),
  ]);
  const kernels = await openKernels({ threads, precision: engine.precision });
  const inference = createInference(config, weights, kernels);
  return {
    ...inference,
    dispose: () => {
      kernels.dispose();
    },
  };
}

async function tensorflow(
  config: ModelConfig,
  weights: ModelWeights,
  { engine, threads }: EncoderOptions,
): Promise<Inference> {
  const [{ openBackend }, { createModel }] = await Promise.all([
    import('../backends/open-backend.ts'),
    import('./training-model.ts'),
  ]);
  const backend = await openBackend(engine, threads);
  const model = createModel(config, backend);
  model.assign(weights);
  return {
    infer: (side, texts) => model.infer(side, texts),
    writeRows: (ids, values) => {
      model.table.writeRows(ids, values);
    },
    dispose: () => {
      model.dispose();
      backend.dispose();
    },
  };
}
