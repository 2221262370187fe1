// Bundles the project's source modules into one module of this process, so that only they are timed.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export async function loadSources(...names) {
  execFileSync(process.execPath, [join(root, 'scripts', 'build-kernels.mjs')], { stdio: 'inherit' });
  // Inside the project, where the kernels find their sources.
  mkdirSync(join(root, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(root, 'dist', 'bench-'));
  try {
    const outfile = join(folder, 'sources.mjs');
    await build({
      absWorkingDir: root,
      stdin: { contents: names.map((name) => `export * from './src/${name}';`).join('\n'), resolveDir: root },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20.19',
      external: ['usearch'],
      banner: {
        js: "import { createRequire as __r } from 'node:module'; const require = __r(import.meta.url);",
      },
      outfile,
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
