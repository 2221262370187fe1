// Writes src/retrieval/character-classes.generated.ts: the tokeniser's view of Unicode 15.0, frozen.
// Each Node version has its own Unicode version, so `\p{L}` matches different characters. The file is therefore
// generated once, by a Node with exactly the Unicode version named here (such as Node 20.0), and checked in.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const UNICODE = '15.0';
if (process.versions.unicode !== UNICODE) {
  console.error(
    `this Node has Unicode ${process.versions.unicode}; run the script with Node 20.0 (${UNICODE})`,
  );
  process.exit(1);
}

/** In the order of `CharacterClass` in src/retrieval/characters.ts; the first match counts. */
const classes = [
  ['u', (text) => /^[\p{Cn}\p{Cs}]$/u.test(text) && !/^\p{Default_Ignorable_Code_Point}$/u.test(text)],
  // U+200B ZERO WIDTH SPACE is ignorable to a renderer and a word boundary to a reader.
  ['i', (text) => text !== '\u200b' && /^\p{Default_Ignorable_Code_Point}$/u.test(text)],
  ['c', (text) => /^[\p{L}\p{N}]$/u.test(text) && /^[\p{Script=Han}\p{Script=Hiragana}]$/u.test(text)],
  ['d', (text) => /^\p{Nd}$/u.test(text)],
  ['l', (text) => /^[\p{L}\p{Nl}\p{No}]$/u.test(text)],
  ['m', (text) => /^\p{M}$/u.test(text)],
  ['s', () => true],
];

const runs = [];
for (let code = 0; code <= 0x10ffff; code++) {
  const [name] = classes.find(([, matches]) => matches(String.fromCodePoint(code)));
  const last = runs.at(-1);
  if (last?.name === name) last.length++;
  else runs.push({ name, length: 1 });
}
const text = runs.map(({ name, length }) => `${name}${length === 1 ? '' : length}`).join('');
const root = dirname(dirname(fileURLToPath(import.meta.url)));
writeFileSync(
  join(root, 'src', 'retrieval', 'character-classes.generated.ts'),
  `// Made by scripts/build-character-classes.mjs; do not edit.
export const UNICODE_VERSION = '${UNICODE}';

/** Run lengths over all code points from U+0000: a class letter and its count (1 if there is none). */
export const CLASS_RUNS =
  '${text}';
`,
);
console.log(`${runs.length} runs, ${text.length} characters`);
