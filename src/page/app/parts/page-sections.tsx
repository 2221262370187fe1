/** The sections of a page, with links to them beside. */
import type { JSX } from 'preact';
import { Contents, type Entry } from './contents.tsx';

export interface PageSection extends Entry {
  readonly content: JSX.Element;
}

export function PageSections({ sections }: { readonly sections: readonly PageSection[] }): JSX.Element {
  return (
    <div class="with-contents">
      <Contents entries={sections} />
      <div class="sections">
        {sections.map(({ id, content }) => (
          <div key={id}>{content}</div>
        ))}
      </div>
    </div>
  );
}
