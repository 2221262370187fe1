/** Reads a text file that a person wrote, or reports why it cannot be read as text. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { failure, ok, type Diagnostic, type Result } from '../../base/diagnostic.ts';
import { hintOf, reasonOf } from '../../base/system-error.ts';
import { didYouMean } from '../../base/nearest.ts';
import { errorAt, fileSource, type Place, type Source } from './source.ts';

/** Far larger than any real spec. Reading a spec needs about forty times its size in memory. */
export const MAX_BYTES = 10_000_000;

const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** `at` is the place in another file that names this one; absent for the file named on the command line. */
export function readSource(file: string, at?: Place): Result<Source, Diagnostic> {
  const refuse = (message: string, hint?: string): Result<Source, Diagnostic> =>
    failure(
      at
        ? errorAt(at, message, { hint })
        : { severity: 'error', message, ...(hint === undefined ? {} : { hint }) },
    );
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) return refuse(`${file} is a folder, not a file`, fileInside(file));
    if (!stat.isFile()) return refuse(`${file} is not a regular file`);
    if (stat.size > MAX_BYTES)
      return refuse(
        `${file} has ${(stat.size / 1e6).toFixed(0)} MB; a spec may have at most ${MAX_BYTES / 1e6} MB`,
        'Keep data in separate files and give their paths as parameters.',
      );
    return decode(file, readFileSync(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return refuse(`there is no file ${file}`, neighbours(file));
    return refuse(`${file} cannot be read: ${reasonOf(error)}`, hintOf(error));
  }
}

function decode(file: string, bytes: Buffer): Result<Source, Diagnostic> {
  // Bytes that are not UTF-8 become U+FFFD here; firstInvalid finds them below.
  const whole = bytes.toString('utf8');
  const source = fileSource(file, whole.startsWith('\ufeff') ? whole.slice(1) : whole);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return failure(
      errorAt({ source, start: 0, end: 1 }, 'the file is UTF-16; a spec must be UTF-8', {
        hint: 'Save the file as UTF-8.',
      }),
    );
  const bad = firstInvalid(bytes, source.text);
  if (bad !== undefined) {
    const offset =
      Buffer.byteLength(source.text.slice(0, bad)) +
      Buffer.byteLength(whole) -
      Buffer.byteLength(source.text);
    const byte = bytes[offset]!.toString(16).padStart(2, '0');
    return failure(
      errorAt({ source, start: bad, end: bad + 1 }, `not UTF-8: byte 0x${byte} at offset ${offset}`, {
        hint: 'Save the file as UTF-8.',
      }),
    );
  }
  const control = CONTROL.exec(source.text);
  if (!control) return ok(source);
  const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return failure(
    errorAt(
      { source, start: control.index, end: control.index + 1 },
      `a control character, U+${code}, which YAML does not allow`,
      {
        hint:
          code === '0000'
            ? 'The file is probably binary.'
            : 'Remove it, or write it as an escape sequence in double quotes.',
      },
    ),
  );
}

/** Index of the first U+FFFD that is not encoded as EF BF BD in the file: everything before it was valid UTF-8. */
function firstInvalid(bytes: Buffer, text: string): number | undefined {
  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let offset = bom;
  let from = 0;
  for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', from)) {
    offset += Buffer.byteLength(text.slice(from, at));
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) return at;
    offset += 3;
    from = at + 1;
  }
  return undefined;
}

function yamlFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.ya?ml$/i.test(name))
      .sort();
  } catch {
    return [];
  }
}

function fileInside(folder: string): string | undefined {
  const names = yamlFiles(folder);
  return names.length === 0 ? undefined : `Name one of its files: ${listed(names)}.`;
}

function neighbours(file: string): string | undefined {
  const names = yamlFiles(dirname(file));
  const listing = names.length === 0 ? undefined : `The folder has the YAML files ${listed(names)}.`;
  return didYouMean(basename(file), names) ?? listing;
}

function listed(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(', ')}, …` : names.join(', ');
}
