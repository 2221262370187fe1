// Writes dist/types/: the declarations of the package's entries and of the modules that these mention, once as .d.ts
// for ES modules and once as .d.cts for CommonJS, whose type checker takes no types of an ES module.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const types = join(root, 'dist', 'types');
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** The specifier of each import and export of a declaration file. */
const SPECIFIER = /(?<=\bfrom '|\bimport\(['"])[^'"]+(?=['"])/g;

export function buildTypes(entries) {
  const emitted = mkdtempSync(join(tmpdir(), 'pipeline-types-'));
  try {
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', emitted], {
      cwd: root,
      stdio: 'inherit',
    });
    for (const module of mentioned(entries, emitted)) {
      const text = readFileSync(join(emitted, `${module}.d.ts`), 'utf8');
      mkdirSync(dirname(join(types, module)), { recursive: true });
      writeFileSync(join(types, `${module}.d.ts`), text.replace(SPECIFIER, endingIn('.js')));
      writeFileSync(join(types, `${module}.d.cts`), text.replace(SPECIFIER, endingIn('.cjs')));
    }
  } finally {
    rmSync(emitted, { recursive: true });
  }
}

const endingIn = (ending) => (specifier) => specifier.replace(/\.ts$/, ending);

/** The entries and what they import, without ending. A package's types would be a dependency of every user. */
function mentioned(entries, folder) {
  const found = new Set();
  const visit = (module) => {
    if (found.has(module)) return;
    found.add(module);
    const text = readFileSync(join(folder, `${module}.d.ts`), 'utf8');
    for (const [specifier] of text.matchAll(SPECIFIER)) {
      if (!/^\.\.?\/.*\.ts$/.test(specifier))
        throw new Error(`the types of src/${module}.ts mention '${specifier}'`);
      visit(join(dirname(module), specifier).slice(0, -'.ts'.length));
    }
  };
  entries.forEach(visit);
  return [...found].sort();
}
