/** Links to the sections of a page. On wide screens they stay in view, on narrow ones they are a strip. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { formatRoute, withQuery } from '../routes.ts';
import { useRoute } from '../use-route.ts';

export interface Entry {
  readonly id: string;
  readonly title: string;
}

export function Contents({ entries }: { readonly entries: readonly Entry[] }): JSX.Element {
  const route = useRoute();
  const at = route.query['at'];
  // The browser does not know where `at` points.
  useEffect(() => {
    if (at === undefined) return;
    document.getElementById(at)?.scrollIntoView({ block: 'start' });
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
