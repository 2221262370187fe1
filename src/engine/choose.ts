import type { Engine } from '../stage.ts';

export interface EngineRequest {
  readonly backend: 'auto' | 'wasm' | 'tensorflow';
  readonly precision: 'exact' | 'fast';
}

/** Raised when the arithmetic of the embedded engine changes, so that old results are not taken for new ones. */
const EMBEDDED_VERSION = '1';

/** The engine that a spec's request stands for on this machine. */
export function chooseEngine({ precision }: EngineRequest): Engine {
  return { backend: 'wasm', precision, device: 'cpu', version: EMBEDDED_VERSION };
}
