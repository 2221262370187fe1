// asc: --enable simd --enable threads --enable bulk-memory --runtime stub --noExportMemory --importMemory --sharedMemory --maximumMemory 65536
// Exact search and BM25: the operations of ../abi.mjs.
export { work } from './lib/dispatch';
