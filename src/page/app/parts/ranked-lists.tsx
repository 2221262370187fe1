/** Ranked lists of documents beside each other; on narrow screens below each other. Relevant ones are marked. */
import type { ComponentChildren, JSX } from 'preact';

export interface RankedDocument {
  readonly name: string;
  readonly text: string;
  /** The text was cut off. */
  readonly cut: boolean;
  /** Null where nothing is judged. */
  readonly isRelevant: boolean | null;
  readonly score?: number;
}

export interface RankedList {
  readonly name: string;
  readonly tone: string;
  readonly documents: readonly RankedDocument[];
}

export interface RankedListsProps {
  readonly lists: readonly RankedList[];
  /** Relevant documents that no list has. */
  readonly missing?: readonly RankedDocument[];
  /** The text with marks, such as those of matched words. */
  readonly textOf?: (document: RankedDocument) => ComponentChildren;
}

export function RankedLists({ lists, missing = [], textOf }: RankedListsProps): JSX.Element {
  return (
    <div class="ranked">
      <div class="columns">
        {lists.map(({ name, tone, documents }) => (
          <div key={name}>
            <h3 class={`tone-${tone}`}>{name}</h3>
            {documents.length === 0 && <p class="empty">No documents.</p>}
            <ol>
              {documents.map((document) => (
                <Document key={document.name} document={document} textOf={textOf} />
              ))}
            </ol>
          </div>
        ))}
      </div>
      {missing.length > 0 && (
        <div>
          <h3>Relevant, and in none of the lists above</h3>
          <ul>
            {missing.map((document) => (
              <Document key={document.name} document={document} textOf={textOf} />
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function Document(props: {
  readonly document: RankedDocument;
  readonly textOf: RankedListsProps['textOf'] | undefined;
}): JSX.Element {
  const { document, textOf } = props;
  const { name, text, cut, isRelevant, score } = document;
  return (
    <li class={isRelevant ? 'relevant' : undefined}>
      <span class="document-head">
        {isRelevant === true && (
          <span class="tick">
            <span aria-hidden="true">✓</span>
            <span class="unseen">relevant</span>
          </span>
        )}
        <code>{name}</code>
        {score !== undefined && <span class="soft">{score.toPrecision(4)}</span>}
      </span>
      <bdi class="document-text" dir="auto">
        {textOf ? textOf(document) : text}
        {cut && '…'}
      </bdi>
    </li>
  );
}
