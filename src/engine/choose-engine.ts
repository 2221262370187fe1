/**
 * Which engine computes. Decided while planning, shown, and part of the key, so a result is never taken for that of
 * another engine. Cheap: a few file names are looked at; TensorFlow itself is loaded once, to ask for its device.
 */
import { PipelineError } from '../base/diagnostic.ts';
import type { Engine, EngineRequest } from '../stage.ts';
import { findNativePackage, type NativePackage } from './backends/installed.ts';
import { probeNative, type Probe } from './backends/probe.ts';

/** Raised when the arithmetic of the embedded engine changes, so that old results are not taken for new ones. */
const EMBEDDED_VERSION = '1';

/** How native TensorFlow is looked for; tests put their own in. */
export interface Discovery {
  readonly find: () => NativePackage | undefined;
  readonly probe: (found: NativePackage) => Probe;
}

/**
 * The engine that a spec's request stands for on this machine. `auto`: a GPU by TensorFlow where there is one, else the
 * embedded engine, which is quicker than TensorFlow on a CPU. Throws `E_ENGINE` where TensorFlow is asked for and absent.
 * `cache`: a folder that may be deleted at any time.
 */
export function chooseEngine(
  { backend, precision }: EngineRequest,
  cache: string,
  discovery: Discovery = { find: findNativePackage, probe: (found) => probeNative(found, cache) },
): Engine {
  const embedded: Engine = { backend: 'wasm', precision, device: 'cpu', version: EMBEDDED_VERSION };
  if (backend === 'wasm') return embedded;
  const found = discovery.find();
  if (backend === 'auto') {
    // The CPU package never computes on a GPU: it need not be asked.
    if (!found?.addon || !found.name.endsWith('-gpu')) return embedded;
    const probe = discovery.probe(found);
    return probe.loads && probe.gpu ? native(found, probe) : embedded;
  }
  if (!found) throw missing('is not installed');
  const probe = discovery.probe(found);
  if (!probe.loads) throw missing(`(${found.name} ${found.version}) does not load: ${probe.why}`);
  return native(found, probe);
}

/** TensorFlow promises no bits: its results are those of its version, its device and its threads. */
function native(found: NativePackage, probe: Extract<Probe, { loads: true }>): Engine {
  return {
    backend: 'tensorflow',
    precision: 'fast',
    device: probe.gpu ? 'gpu' : 'cpu',
    version: `${found.name}@${found.version} libtensorflow ${probe.version}`,
  };
}

function missing(what: string): PipelineError {
  return new PipelineError('E_ENGINE', `the spec asks for engine.backend: tensorflow, which ${what}`, {
    hint:
      'Run npm run install-tensorflow, which needs the package registries only (docs/ENGINES.md), or set ' +
      'engine.backend: auto to take what is available.',
  });
}
