// The cluster of one node that the tests start, for benchmarks: it is written in TypeScript.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** `slurmMissing` and `startSlurm` of test/helpers/slurm.ts. */
export async function loadCluster() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-slurm-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'slurm.mjs');
  const entryPoints = [join(root, 'test', 'helpers', 'slurm.ts')];
  await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'warning' });
  return import(pathToFileURL(outfile).href);
}
