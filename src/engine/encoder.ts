/** A finished model, ready to encode. */
import { raggedFrom, type Ragged } from '../formats/ragged.ts';
import { readModelConfig, readModelWeights, type ModelConfig } from '../formats/model.ts';
import type { Engine } from '../stage.ts';
import type { Side } from './tower.ts';

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

export async function openEncoder(folder: string, { engine, threads }: EncoderOptions): Promise<Encoder> {
  const config = readModelConfig(folder);
  const [{ openArithmetic }, { createModel }, { encodeAll }] = await Promise.all([
    import('./arithmetic.ts'),
    import('./model.ts'),
    import('./encode.ts'),
  ]);
  const arithmetic = await openArithmetic(engine, threads);
  const model = createModel(config, arithmetic);
  model.assign(readModelWeights(folder));
  return {
    config,
    encodeQueries: (rows) => {
      const vectors = new Float32Array(rows.length * config.dimensions);
      const steps = encodeAll(model, 'query', raggedFrom(rows), vectors);
      while (!steps.next().done);
      return vectors;
    },
    encodeAll: (side, texts, into) => encodeAll(model, side, texts, into),
    dispose: () => {
      model.dispose();
      arithmetic.dispose();
    },
  };
}
