/** Links to the sections of a page. On wide screens they stay in view, on narrow ones they are a strip. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { formatRoute, withQuery } from '../routes.ts';
import { useRoute } from '../use-route.ts';

export interface Entry {
  readonly id: string;
  readonly title: string;
}

const SETTLING_MS = 2000;
const OWN_WAY = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;

/** Calls `follow` now and whenever the page grows, until it has settled or the reader goes elsewhere. */
function whileSettling(follow: () => void): () => void {
  const observer = new ResizeObserver(follow);
  const stop = (): void => {
    observer.disconnect();
    clearTimeout(timer);
    for (const event of OWN_WAY) removeEventListener(event, stop);
  };
  const timer = setTimeout(stop, SETTLING_MS);
  for (const event of OWN_WAY) addEventListener(event, stop, { passive: true });
  // Its first call comes at once.
  observer.observe(document.body);
  return stop;
}

export function Contents({ entries }: { readonly entries: readonly Entry[] }): JSX.Element {
  const route = useRoute();
  const at = route.query['at'];
  // The browser does not know where `at` points.
  useEffect(() => {
    if (at === undefined) return;
    const follow = (): void => {
      document.getElementById(at)?.scrollIntoView({ block: 'start' });
    };
    return whileSettling(follow);
  }, [at]);
  return (
    <nav class="contents" aria-label="Sections">
      <ul>
        {entries.map(({ id, title }) => (
          <li key={id}>
            <a
              href={formatRoute(withQuery(route, { at: id }))}
              aria-current={at === id ? 'location' : undefined}
              onClick={() => {
                // The address may be the same already: scroll all the same.
                document.getElementById(id)?.scrollIntoView({ block: 'start' });
              }}
            >
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
