// asc: --enable simd --enable threads --enable bulk-memory --runtime stub --noExportMemory --importMemory --sharedMemory --maximumMemory 65536
// Skip-gram with negative sampling: the operations of ../abi.mjs.
export { work } from './lib/dispatch';
