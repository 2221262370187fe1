import type { Engine } from '../stage.ts';

export interface Encoder {
  encodeQueries(rows: readonly Uint32Array[]): Float32Array | Promise<Float32Array>;
  dispose(): void;
}

export function openEncoder(
  _folder: string,
  _options: { readonly engine: Engine; readonly threads: number },
): Promise<Encoder> {
  return Promise.reject(new Error('not landed yet'));
}
