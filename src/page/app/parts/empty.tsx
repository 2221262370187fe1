import type { ComponentChildren, JSX } from 'preact';

/** A sentence in the place of something that is not there. */
export function Empty({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <p class="empty">{children}</p>;
}
