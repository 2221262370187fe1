// `npm run bench -- NAME…`: each benchmark is a module in this folder that exports `run()` and prints a table.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const NAMES = [
  'orchestrate',
  'ingest',
  'train',
  'embed',
  'evaluate',
  'search',
  'word2vec',
  'history',
  'remote',
  'serve',
];
/** Only when named: they install packages, or start servers. */
const ON_REQUEST = ['interop', 'slurm', 'queue'];

const moduleOf = (name) => join(here, `${name}.mjs`);
const ALL = [...NAMES, ...ON_REQUEST];
const there = ALL.filter((name) => existsSync(moduleOf(name)));

function fail(message) {
  console.error(`error: ${message}`);
  console.error(
    `The benchmarks are ${there.join(', ')}. Without a name, all but ${ON_REQUEST.join(' and ')} run in turn.`,
  );
  process.exit(2);
}

const asked = process.argv.slice(2);
for (const name of asked) {
  if (!ALL.includes(name)) fail(`there is no benchmark '${name}'`);
  if (!there.includes(name)) fail(`the benchmark '${name}' is not written yet: bench/${name}.mjs is missing`);
}
for (const name of asked.length > 0 ? asked : there.filter((name) => NAMES.includes(name))) {
  console.log(`\n# ${name}\n`);
  const { run } = await import(pathToFileURL(moduleOf(name)).href);
  await run();
}
