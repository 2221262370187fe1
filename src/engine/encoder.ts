import type { Engine } from '../stage.ts';

export interface Encoder {
  encodeQueries(rows: readonly Uint32Array[]): Float32Array | Promise<Float32Array>;
  dispose(): void;
}

export interface EncoderOptions {
  readonly engine: Engine;
  readonly threads: number;
}

export function openEncoder(folder: string, { engine }: EncoderOptions): Promise<Encoder> {
  return Promise.reject(new Error(`not landed yet: ${engine.backend} encoder of ${folder}`));
}
