// Writes schema/pipeline.schema.json and docs/STAGES.md from dist/kinds/ (`npm run build` first),
// schema/config.schema.json and the table of docs/CONFIG.md from src/config/settings.ts,
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

/** A module of src/, built for this script. */
async function moduleOf(entry) {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-docs-'));
  const outfile = join(folder, 'schema.mjs');
  try {
    await build({
      absWorkingDir: root,
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The published schema comes from the same function as `pipeline schema`. */
const { specSchema } = await moduleOf('src/spec/editor/schema.ts');
const { configSchema, settingRows } = await moduleOf('src/config/schema.ts');

/** docs/CONFIG.md with the table of all settings in its place. */
function configDocument() {
  const rows = settingRows().map(([name, values, meaning]) => `| \`${name}\` | ${values} | ${meaning} |`);
  const table = ['| setting | value | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  return readFileSync(join(root, 'docs', 'CONFIG.md'), 'utf8').replace(
    /(<!-- settings: .*? -->\n)[^]*(<!-- end of settings -->)/,
    (_, before, after) => `${before}\n${table}\n\n${after}`,
  );
}

const outputs = {
  'schema/pipeline.schema.json': JSON.stringify(
    specSchema({ names: Object.keys(kinds).sort(), builtIn: (name) => kinds[name] }),
  ),
  'schema/config.schema.json': JSON.stringify(configSchema()),
  'schema/events.schema.json': JSON.stringify(eventsSchema()),
  'docs/CONFIG.md': configDocument(),
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
