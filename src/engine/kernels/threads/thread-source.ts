/**
 * What a compute thread runs, as text: it needs nothing but Node, so it works from sources, in a bundle and under a
 * test runner alike. It looks for work a little while before it sleeps, as dispatches follow each other closely.
 */
export const WORKER_SOURCE = `
const { parentPort, workerData } = require('node:worker_threads');
const { module, memory, thread, control } = workerData;
const { work } = new WebAssembly.Instance(module, { env: { memory } }).exports;
const words = new Int32Array(memory.buffer, control, 16);
const EPOCH = 0, PENDING = 4, FAILED = 5, LOOKS = 2000;
let seen = 0;
parentPort.postMessage('ready');
for (;;) {
  for (let i = 0; i < LOOKS && Atomics.load(words, EPOCH) === seen; i++);
  Atomics.wait(words, EPOCH, seen);
  seen = Atomics.load(words, EPOCH);
  if (seen === -1) break;
  try {
    work(control, thread);
  } catch {
    Atomics.store(words, FAILED, 1);
    Atomics.notify(words, PENDING);
    break;
  }
}
`;
