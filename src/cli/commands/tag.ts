import { PipelineError } from '../../base/diagnostic.ts';
import { systemError } from '../../base/system-error.ts';
import { findRun } from '../../history/find.ts';
import { readNotes, TAG, writeNotes } from '../../history/notes.ts';
import { printJson, printResult } from '../render/output.ts';
import { openStore } from '../../session.ts';

export interface TagOptions {
  readonly store?: string;
  readonly remove?: boolean;
  readonly note?: string;
  readonly json?: boolean;
}

/** `pipeline tag`: adds tags and a note to a run; without either, shows those that it has. */
export async function tagCommand(run: string, tags: readonly string[], options: TagOptions): Promise<number> {
  const layout = await openStore(options);
  const id = findRun(layout, run);
  for (const tag of tags) checkTag(tag);
  const before = readNotes(layout, id);
  const after = {
    tags: options.remove ? before.tags.filter((tag) => !tags.includes(tag)) : [...before.tags, ...tags],
    note: options.note === undefined ? before.note : options.note.trim() === '' ? null : options.note.trim(),
  };
  if (tags.length > 0 || options.note !== undefined) write();
  const notes = readNotes(layout, id);
  if (options.json) printJson({ run: id, ...notes });
  else printResult([id, notes.tags.join(' ') || 'no tags', notes.note ?? ''].filter(Boolean).join('  '));
  return 0;

  function write(): void {
    try {
      writeNotes(layout, id, after);
    } catch (error) {
      throw systemError('E_STORE', 'the tags could not be written', error);
    }
  }
}

function checkTag(tag: string): void {
  if (!TAG.test(tag))
    throw new PipelineError('E_USAGE', `'${tag}' is not a valid tag`, {
      hint: 'A tag has letters, digits and _ . + @ -, and begins with a letter, a digit or _.',
    });
  if (/^latest(~\d+)?$/.test(tag))
    throw new PipelineError('E_USAGE', `'${tag}' is reserved and cannot be a tag`);
}
