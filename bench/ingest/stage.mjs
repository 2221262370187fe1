// Runs one built stage kind alone in this process and prints its cost: seconds, processor seconds, peak memory.
//   node stage.mjs '{"kind": …, "params": …, "inputs": …, "folder": …, "threads": …}'
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { kind, params, inputs, folder, threads } = JSON.parse(process.argv[2]);
const { stage } = await import(join(root, 'dist', 'kinds', `${kind}.js`));

const make = (name) => {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
};

const started = performance.now();
const result = await stage.run({
  params,
  inputs,
  threads,
  output: make('output'),
  scratch: make('scratch'),
  downloads: make('downloads'),
  resume: make('resume'),
  project: folder,
  engine: { backend: 'wasm', precision: 'exact', device: 'cpu', version: 'bench' },
  signal: new AbortController().signal,
  progress: () => undefined,
  log: () => undefined,
  warn: () => undefined,
});
const usage = process.resourceUsage();
console.log(
  JSON.stringify({
    seconds: (performance.now() - started) / 1000,
    processor: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    megabytes: usage.maxRSS / 1024,
    metrics: result.metrics,
    digests: result.digests,
  }),
);
