import type { JSX } from 'preact';
import type { RouteState } from '../use-route.ts';

/** A box for words, which the address keeps. */
export function FindBox({ words }: { readonly words: RouteState }): JSX.Element {
  return (
    <label>
      find
      <input
        type="search"
        value={words.value}
        onInput={(event) => {
          words.set(event.currentTarget.value);
        }}
      />
    </label>
  );
}
