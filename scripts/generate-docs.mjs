// Writes schema/pipeline.schema.json and docs/STAGES.md from dist/kinds/ (`npm run build` first),
// schema/events.schema.json from the types, and docs/ARTIFACTS.md from comments.
// With --check it writes nothing and fails if they are out of date.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import prettier from 'prettier';
import { artifactsDocument } from './artifacts-document.mjs';
import { eventsSchema } from './events-schema.mjs';
import { stagesDocument } from './stages-document.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'dist', 'kinds');
if (!existsSync(folder)) {
  console.error('dist/kinds/ is missing: run `npm run build` first');
  process.exit(1);
}
const described = readdirSync(folder).filter((file) => file.endsWith('.json'));
const kinds = Object.fromEntries(
  described
    .sort()
    .map((file) => [basename(file, '.json'), JSON.parse(readFileSync(join(folder, file), 'utf8'))]),
);

/** The published schema comes from the same function as `pipeline schema`. */
async function specSchema() {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-docs-'));
  const outfile = join(folder, 'schema.mjs');
  try {
    await build({
      absWorkingDir: root,
      entryPoints: ['src/spec/editor/schema.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
    });
    const module = await import(pathToFileURL(outfile).href);
    return module.specSchema({ names: Object.keys(kinds).sort(), builtIn: (name) => kinds[name] });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const outputs = {
  'schema/pipeline.schema.json': JSON.stringify(await specSchema()),
  'schema/events.schema.json': JSON.stringify(eventsSchema()),
  'docs/STAGES.md': stagesDocument(kinds),
  'docs/ARTIFACTS.md': artifactsDocument(root),
};

const check = process.argv.includes('--check');
const stale = [];
for (const [path, text] of Object.entries(outputs)) {
  const file = join(root, path);
  const formatted = await prettier.format(text, { ...(await prettier.resolveConfig(file)), filepath: file });
  if (existsSync(file) && readFileSync(file, 'utf8') === formatted) continue;
  stale.push(path);
  if (check) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, formatted);
  console.log(`wrote ${path}`);
}
if (check && stale.length > 0) {
  console.error(`stale: ${stale.join(', ')}; run \`npm run docs\``);
  process.exitCode = 1;
}
