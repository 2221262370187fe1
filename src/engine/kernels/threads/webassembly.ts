/** The part of WebAssembly's JavaScript interface that is used here; TypeScript declares it for browsers only. */
import { PAGE_BYTES } from '../abi.generated.ts';

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** Memory that several threads see. */
export interface SharedWasmMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds pages of 64 KiB; throws a RangeError where there is no more. */
  grow(pages: number): number;
}

/** Compiled code; worker threads can be sent it. */
export type WasmModule = object & { readonly __module?: never };

interface Imports<Memory> {
  readonly env: { readonly memory: Memory };
}

interface WebAssemblyInterface {
  readonly Memory: new (descriptor: { initial: number; maximum?: number; shared?: boolean }) => unknown;
  readonly Module: new (code: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: Imports<WasmMemory | SharedWasmMemory>,
  ) => { readonly exports: unknown };
}

const wasm = (globalThis as unknown as { WebAssembly: WebAssemblyInterface }).WebAssembly;

/** 4 GiB, all that 32-bit addresses reach. */
export const MOST_PAGES = 65_536;

/** Memory of at least this size, all zero. */
export function wasmMemory(bytes: number): WasmMemory {
  return new wasm.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) }) as WasmMemory;
}

/** Memory for several threads, one page at first; only the address space of 4 GiB is taken. */
export function sharedWasmMemory(): SharedWasmMemory {
  return new wasm.Memory({ initial: 1, maximum: MOST_PAGES, shared: true }) as SharedWasmMemory;
}

export function wasmModule(base64: string): WasmModule {
  return new wasm.Module(Buffer.from(base64, 'base64'));
}

export function wasmInstance(module: WasmModule, memory: WasmMemory | SharedWasmMemory): unknown {
  return new wasm.Instance(module, { env: { memory } }).exports;
}
