import type { JSX } from 'preact';

/** The first twelve digits of a digest; all of them for the pointer, the screen reader's title, and on paper. */
export function HashText({ hash }: { readonly hash: string }): JSX.Element {
  return (
    <code class="hash" title={hash}>
      {hash.slice(0, 12)}
    </code>
  );
}
