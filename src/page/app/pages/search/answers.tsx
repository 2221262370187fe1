import type { ComponentChildren, JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { SYSTEMS, type System } from '../../../../query/systems.ts';
import type { SearchAnswer, SearchResult, SystemResults } from '../../../views/search-view.ts';
import { RankedLists } from '../../parts/ranked-lists.tsx';

const NAMES: Readonly<Record<System, string>> = { model: 'Model', bm25: 'BM25', fused: 'Fused' };

/** Characters of a text around its first match that are shown. */
const SHOWN = 420;

export function Answers({ answer }: { readonly answer: SearchAnswer }): JSX.Element {
  const { systems, notes } = answer;
  const present = SYSTEMS.flatMap((name): [System, SystemResults][] =>
    systems[name] ? [[name, systems[name]]] : [],
  );
  const texts = useMemo(() => marksOf(present.map(([, results]) => results)), [answer]);
  return (
    <>
      <h2 class="unseen">Documents</h2>
      {notes.length > 0 && <p class="soft">{notes.join(' ')}</p>}
      <RankedLists
        lists={present.map(([name, { results, milliseconds }]) => ({
          name: `${NAMES[name]} · ${millisecondsText(milliseconds)}`,
          tone: name,
          documents: results.map(({ doc_id, score, text = '' }) => ({
            name: doc_id,
            text,
            cut: text.length > SHOWN,
            isRelevant: null,
            score,
          })),
        }))}
        textOf={({ name }) => texts.get(name)}
      />
    </>
  );
}

function millisecondsText(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : milliseconds.toFixed(0)} ms`;
}

/** Document → its text with the words of the question marked; the same in every list. */
function marksOf(lists: readonly SystemResults[]): ReadonlyMap<string, ComponentChildren> {
  const texts = new Map<string, ComponentChildren>();
  for (const { results } of lists)
    for (const result of results) if (!texts.has(result.doc_id)) texts.set(result.doc_id, marked(result));
  return texts;
}

function marked({ text = '', matches = [] }: SearchResult): ComponentChildren {
  const parts: ComponentChildren[] = [];
  let at = 0;
  const end = cutAt(text);
  for (const [start, stop] of matches) {
    if (stop > end) break;
    parts.push(text.slice(at, start), <mark>{text.slice(start, stop)}</mark>);
    at = stop;
  }
  parts.push(text.slice(at, end));
  return parts;
}

/** The end of a word near the limit, so that no character is cut in two. */
function cutAt(text: string): number {
  if (text.length <= SHOWN) return text.length;
  const space = text.lastIndexOf(' ', SHOWN);
  if (space > SHOWN / 2) return space;
  const unit = text.charCodeAt(SHOWN - 1);
  return unit >= 0xd800 && unit < 0xdc00 ? SHOWN - 1 : SHOWN;
}
