/**
 * A module of the user's knows where it lies although its bundle lies elsewhere: `import.meta.url`, `.dirname` and
 * `.filename`, and CommonJS' `__dirname` and `__filename`, name the source. Only for what runs: the digest of the
 * code must not hold paths of this machine.
 */
import { readFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Loader, Plugin } from 'esbuild';

const ADDRESSES = /\bimport\s*\.\s*meta\b|\b__(?:dir|file)name\b/;

const LOADERS: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.jsx': 'jsx',
};

/** What stands in the place of each expression; `SOURCE_ADDRESSES` declares these names in each module. */
export const ADDRESS_NAMES = {
  'import.meta.url': '__sourceUrl',
  'import.meta.filename': '__sourceFile',
  'import.meta.dirname': '__sourceFolder',
  __filename: '__sourceFile',
  __dirname: '__sourceFolder',
} as const;

export const SOURCE_ADDRESSES: Plugin = {
  name: 'source-addresses',
  setup(build): void {
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!ADDRESSES.test(text)) return undefined;
      // On the first line, so that every line keeps its number; a line for the shell may only be the very first.
      const contents = `${declarations(path)}${text.replace(/^#!.*/, '')}`;
      return { contents, loader: LOADERS[extname(path)] ?? 'js', resolveDir: dirname(path) };
    });
  },
};

function declarations(path: string): string {
  const [url, file, folder] = [pathToFileURL(path).href, path, dirname(path)].map((text) =>
    JSON.stringify(text),
  );
  return `const __sourceUrl = ${url}, __sourceFile = ${file}, __sourceFolder = ${folder};`;
}
