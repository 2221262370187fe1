/**
 * What the tokenizer in Python has to know about characters, so that it does not depend on the Unicode version of
 * Python: the class of each, lower case, and the normal form of those that older Pythons do not know.
 */
import { CHARACTER_CLASSES, UNASSIGNED } from '../retrieval/characters.ts';
import { CLASS_RUNS, UNICODE_VERSION } from '../retrieval/character-classes.generated.ts';
import type { TokenizerConfig } from '../formats/tokens.ts';

export interface Characters {
  readonly unicode: string;
  /** Run lengths over all code points, as `CLASS_RUNS`. */
  readonly classes: string;
  /** Runs of code points with a lower case: [first, last, step, distance to it]; includes ς → σ. */
  readonly lower: readonly (readonly [number, number, number, number])[];
  /** Code point → normal form. */
  readonly normalized: Readonly<Record<string, string>>;
}

export function charactersOf(form: TokenizerConfig['normalization']): Characters {
  return { unicode: UNICODE_VERSION, classes: CLASS_RUNS, lower: lowerRuns(), normalized: laterForms(form) };
}

type Run = [first: number, last: number, step: number, distance: number];

/** İ alone becomes two characters; python/tokenization_two_tower.py has it by itself. */
const TWO_CHARACTERS = 0x130;

function lowerRuns(): Run[] {
  const runs: Run[] = [];
  for (const [code, found] of CHARACTER_CLASSES.entries()) {
    if (found === UNASSIGNED || code === TWO_CHARACTERS) continue;
    const distance = lowerOf(code) - code;
    if (distance === 0) continue;
    const run = runs.at(-1);
    const step = run ? code - run[1] : 0;
    const goesOn = run?.[3] === distance && step <= 2 && (run[0] === run[1] || run[2] === step);
    if (goesOn) [run[1], run[2]] = [code, step];
    else runs.push([code, code, 1, distance]);
  }
  return runs;
}

function lowerOf(code: number): number {
  const lower = String.fromCodePoint(code).toLowerCase().replace('ς', 'σ');
  return lower.codePointAt(0)!;
}

/** Where Unicode 14 and 15 added characters with a compatibility form. Python 3.9 has Unicode 13. */
const LATER = [
  [0xa7f2, 0xa7f4],
  [0x10780, 0x107ba],
  [0x1e030, 0x1e06d],
] as const;

function laterForms(form: TokenizerConfig['normalization']): Record<string, string> {
  const forms: Record<string, string> = {};
  if (form === 'none') return forms;
  for (const [first, last] of LATER)
    for (let code = first; code <= last; code++) {
      const character = String.fromCodePoint(code);
      const normal = character.normalize(form);
      if (normal !== character && CHARACTER_CLASSES[code] !== UNASSIGNED) forms[code] = normal;
    }
  return forms;
}
