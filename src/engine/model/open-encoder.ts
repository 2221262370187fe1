/** A finished model, ready to encode. */
import { raggedFrom, type Ragged } from '../../formats/ragged.ts';
import {
  readModelConfig,
  readModelWeights,
  type ModelConfig,
  type ModelWeights,
} from '../../formats/model.ts';
import type { Engine } from '../../stage.ts';
import { encodeAll } from './encode-batches.ts';
import type { Inference } from './inference-model.ts';
import type { Side } from './towers.ts';

export interface Encoder {
  readonly config: ModelConfig;
  /** One query after the other: [rows, dimensions]. */
  encodeQueries(rows: readonly Uint32Array[]): Float32Array;
  /** Fills [texts, dimensions]; yields how many texts are done. */
  encodeAll(side: Side, texts: Ragged, into: Float32Array): Generator<number, void>;
  dispose(): void;
}

export interface EncoderOptions {
  readonly engine: Engine;
  readonly threads: number;
}

export async function openEncoder(folder: string, options: EncoderOptions): Promise<Encoder> {
  const config = readModelConfig(folder);
  const open = options.engine.backend === 'wasm' ? embedded : tensorflow;
  const model = await open(config, readModelWeights(folder), options);
  return {
    config,
    encodeQueries: (rows) => model.infer('query', raggedFrom(rows)),
    encodeAll: (side, texts, into) =>
      encodeAll((batch) => model.infer(side, batch), config.dimensions, texts, into),
    dispose: () => {
      model.dispose();
    },
  };
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
    infer: (side, texts) => inference.infer(side, texts),
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
    dispose: () => {
      model.dispose();
      backend.dispose();
    },
  };
}
