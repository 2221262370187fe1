/** The part of WebAssembly's JavaScript interface that is used here; TypeScript declares it for browsers only. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

interface WebAssemblyInterface {
  readonly Memory: new (descriptor: { initial: number; maximum?: number }) => WasmMemory;
  instantiate(
    code: Uint8Array,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ): Promise<{ readonly instance: { readonly exports: unknown } }>;
}

const wasm = (globalThis as unknown as { WebAssembly: WebAssemblyInterface }).WebAssembly;

/** Memory of at least this size, all zero. */
export function wasmMemory(bytes: number): WasmMemory {
  return new wasm.Memory({ initial: Math.ceil(bytes / 65_536) });
}

/** The functions of a kernel (base64, from scripts/build-kernels.mjs) that works in this memory. */
export async function wasmKernel<Exports>(base64: string, memory: WasmMemory): Promise<Exports> {
  const { instance } = await wasm.instantiate(Buffer.from(base64, 'base64'), { env: { memory } });
  return instance.exports as Exports;
}
