/** What the compute threads run: a module of WebAssembly, or the same operations compiled from C. */
import { createRequire } from 'node:module';
import { wasmInstance, type SharedWasmMemory, type WasmModule } from './webassembly.ts';

/** Threads are sent it. */
export type Program = { readonly module: WasmModule } | { readonly native: NativeProgram };

export interface NativeProgram {
  /** Absolute path of the addon. */
  readonly addon: string;
  readonly work: WorkName;
}

/** The addon's function for the operations of a module. */
export type WorkName = 'recurrent' | 'skipGram' | 'search';

/** Takes jobs until none is left. */
export type Work = (control: number, thread: number) => void;

interface Exports {
  readonly work: Work;
  /** Of a module that has constants in the memory. */
  readonly writeConstants?: () => void;
}

type Addon = Record<WorkName, (memory: Uint8Array, control: number, thread: number) => void>;

/** For the calling thread, which starts first. @throws where the addon cannot be loaded */
export function workOf(program: Program, memory: SharedWasmMemory): Work {
  if ('module' in program) {
    const exports = wasmInstance(program.module, memory) as Exports;
    exports.writeConstants?.();
    return exports.work;
  }
  const { addon, work: name } = program.native;
  const work = (createRequire(import.meta.url)(addon) as Addon)[name];
  // The memory only ever grows at its end: where it begins stays.
  const bytes = new Uint8Array(memory.buffer);
  return (control, thread) => {
    work(bytes, control, thread);
  };
}
