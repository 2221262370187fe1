/** What a machine offers as a worker. */
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { ownPackage } from '../../../base/installation.ts';
import { chooseEngine } from '../../../engine/choose-engine.ts';
import type { Capacity } from '../../capacity.ts';
import type { WorkerCard } from './protocol.ts';
import { engineName } from './resource-class.ts';

/** `cache`: a folder that may be deleted at any time. */
export function cardOf(
  { threads, memory, gpu }: Capacity,
  { cache, code, stores }: Pick<WorkerCard, 'code' | 'stores'> & { readonly cache: string },
): WorkerCard {
  const host = hostname();
  return {
    // Containers may have the same host name, and process numbers of their own.
    name: `${host}-${randomUUID().slice(0, 4)}`,
    host,
    pid: process.pid,
    version: ownPackage().version,
    threads,
    memory,
    gpu,
    engines: enginesOf(cache),
    code,
    stores,
    draining: false,
  };
}

/** The embedded engine, and TensorFlow where it is installed and loads. */
function enginesOf(cache: string): string[] {
  const embedded = engineName(chooseEngine({ backend: 'wasm', precision: 'exact' }, cache));
  try {
    return [embedded, engineName(chooseEngine({ backend: 'tensorflow', precision: 'fast' }, cache))];
  } catch {
    return [embedded];
  }
}

/** As the driver of NVIDIA shows them. */
export function gpuCount(): number {
  try {
    return readdirSync('/dev').filter((name) => /^nvidia\d+$/.test(name)).length;
  } catch {
    return 0;
  }
}
