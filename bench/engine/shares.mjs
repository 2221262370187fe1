// The shares of one thread's time, from V8's sampling profiler.
import { Session } from 'node:inspector/promises';
import { openOurs } from './ours.mjs';

export async function shares(sources, { shape, batches, precision, what }) {
  const engine = await openOurs(sources, { shape, threads: 1, precision });
  for (const batch of batches) engine[what](batch);
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  for (let round = 0; round < 3; round++) for (const batch of batches) engine[what](batch);
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  engine.dispose();
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, kernelOf(callFrame)]));
  const times = new Map();
  let total = 0;
  for (const [i, id] of profile.samples.entries()) {
    const name = names.get(id);
    times.set(name, (times.get(name) ?? 0) + profile.timeDeltas[i]);
    total += profile.timeDeltas[i];
  }
  return [...times].map(([name, time]) => ({ name, share: time / total })).sort((a, b) => b.share - a.share);
}

function kernelOf({ functionName, url }) {
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (!url.startsWith('wasm')) return 'JavaScript';
  if (functionName.startsWith('lib/gemm/tile') || /gemm\/(gemm|rows)$/.test(functionName))
    return 'matrix products';
  if (functionName.startsWith('lib/gemm')) return 'packing';
  if (/\/gates/.test(functionName)) return 'gates';
  if (/pool/.test(functionName)) return 'pooling';
  return 'gather, sums, optimiser';
}
