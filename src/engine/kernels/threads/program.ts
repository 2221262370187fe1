/** What the compute threads run: a module of WebAssembly, or the same operations compiled from C. */
import { createRequire } from 'node:module';
import { wasmInstance, type SharedWasmMemory, type WasmModule } from './webassembly.ts';

export interface Program {
  readonly module: WasmModule;
  readonly native?: NativeProgram;
}

/** Threads are sent it. */
export interface NativeProgram {
  /** Absolute path of the addon. */
  readonly addon: string;
  /** Its function for the module's operations. */
  readonly work: 'recurrent' | 'skipGram';
}

/** Takes jobs until none is left. */
export type Work = (control: number, thread: number) => void;

type Addon = Record<NativeProgram['work'], (memory: Uint8Array, control: number, thread: number) => void>;

/** For this thread. @throws where the addon cannot be loaded */
export function workOf({ module, native }: Program, memory: SharedWasmMemory): Work {
  if (!native) return (wasmInstance(module, memory) as { work: Work }).work;
  const addon = createRequire(import.meta.url)(native.addon) as Addon;
  const work = addon[native.work];
  // The memory only ever grows at its end: where it begins stays.
  const bytes = new Uint8Array(memory.buffer);
  return (control, thread) => {
    work(bytes, control, thread);
  };
}
