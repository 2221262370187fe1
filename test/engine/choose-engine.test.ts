import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NativePackage } from '../../src/engine/backends/installed.ts';
import { probeNative, type Probe } from '../../src/engine/backends/probe.ts';
import { chooseEngine, type Discovery } from '../../src/engine/choose-engine.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

const GPU_PACKAGE: NativePackage = {
  name: '@tensorflow/tfjs-node-gpu',
  version: '4.22.0',
  folder: '/somewhere',
  addon: '/somewhere/addon.node',
};
const CPU_PACKAGE: NativePackage = { ...GPU_PACKAGE, name: '@tensorflow/tfjs-node' };

const discovery = (found: NativePackage | undefined, probe: Probe): Discovery => ({
  find: () => found,
  probe: () => probe,
});
const unasked = (found: NativePackage | undefined): Discovery => ({
  find: () => found,
  probe: () => {
    throw new Error('loaded TensorFlow without need');
  },
});
const on = (gpu: boolean): Probe => ({ loads: true, gpu, version: '2.9.1' });

const choose = (backend: 'auto' | 'wasm' | 'tensorflow', found: Discovery): string => {
  const engine = chooseEngine({ backend, precision: 'exact' }, '/nowhere', found);
  return `${engine.backend} on ${engine.device}`;
};

describe('the engine', () => {
  it('is the embedded one unless there is a GPU that TensorFlow can use', () => {
    expect(choose('auto', unasked(undefined))).toBe('wasm on cpu');
    expect(choose('auto', unasked(CPU_PACKAGE))).toBe('wasm on cpu');
    expect(choose('auto', unasked({ ...GPU_PACKAGE, addon: undefined }))).toBe('wasm on cpu');
    expect(choose('auto', discovery(GPU_PACKAGE, on(false)))).toBe('wasm on cpu');
    expect(choose('auto', discovery(GPU_PACKAGE, { loads: false, why: 'no library' }))).toBe('wasm on cpu');
    expect(choose('auto', discovery(GPU_PACKAGE, on(true)))).toBe('tensorflow on gpu');
  });

  it('is what the spec asks for', () => {
    expect(choose('wasm', unasked(GPU_PACKAGE))).toBe('wasm on cpu');
    expect(choose('tensorflow', discovery(CPU_PACKAGE, on(false)))).toBe('tensorflow on cpu');
    expect(chooseEngine({ backend: 'wasm', precision: 'fast' }, '/nowhere').precision).toBe('fast');
  });

  it('names versions, and does not promise equal bits for TensorFlow', () => {
    const engine = chooseEngine(
      { backend: 'tensorflow', precision: 'exact' },
      '/nowhere',
      discovery(GPU_PACKAGE, on(true)),
    );
    expect(engine).toEqual({
      backend: 'tensorflow',
      precision: 'fast',
      device: 'gpu',
      version: '@tensorflow/tfjs-node-gpu@4.22.0 libtensorflow 2.9.1',
    });
  });

  it('says how to get TensorFlow if it is requested and missing or broken', () => {
    const absent = (): unknown => choose('tensorflow', unasked(undefined));
    expect(absent).toThrow('which is not installed');
    expect(absent).toThrow(expect.objectContaining({ code: 'E_ENGINE' }) as Error);
    const broken = discovery(CPU_PACKAGE, { loads: false, why: 'libtensorflow.so.2: cannot open' });
    expect(() => choose('tensorflow', broken)).toThrow(/does not load: libtensorflow\.so\.2/);
  });

  it('probes TensorFlow once, broken or working', () => {
    const folder = join(temporaryFolder(), 'tfjs-node-gpu');
    const cache = join(folder, 'cache');
    mkdirSync(folder);
    const addon = join(folder, 'tfjs_binding.node');
    writeFileSync(addon, '');
    const runs = join(folder, 'runs');
    const write = (body: string): void => {
      writeFileSync(
        join(folder, 'index.js'),
        `require('fs').appendFileSync(${JSON.stringify(runs)}, 'x');${body}`,
      );
    };
    const found: NativePackage = { ...GPU_PACKAGE, folder, addon };
    write("throw new Error('libcudart.so.11.0: cannot open shared object file');");
    const broken = probeNative(found, cache);
    expect(broken).toEqual({ loads: false, why: expect.stringContaining('libcudart.so.11.0') as string });
    expect(probeNative(found, cache)).toEqual(broken);
    // An addon that was built again is asked again.
    write(
      "exports.backend = () => ({ isGPUPackage: true, isUsingGpuDevice: true, binding: { TF_Version: '2.9.1' } });",
    );
    expect(probeNative(found, cache)).toEqual(broken);
    writeFileSync(addon, 'again');
    expect(probeNative(found, cache)).toEqual({ loads: true, gpu: true, version: '2.9.1' });
  });
});
