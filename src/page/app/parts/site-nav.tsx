/** Where a reader of a served page can go. Reports have one page and no navigation. */
import type { JSX } from 'preact';
import { useSource } from '../source/use-view.ts';
import { useRoute } from '../use-route.ts';

const PLACES = [
  { path: 'runs', title: 'Runs', covers: ['runs', 'run', 'sweep', 'live', 'compare', 'artifact'] },
  { path: 'search', title: 'Search', covers: ['search'] },
] as const;

export function SiteNav(): JSX.Element | null {
  const { isLive, start } = useSource();
  const [first = ''] = useRoute().path;
  // A server of search alone begins there, and has nothing else.
  if (!isLive || start === '#/search') return null;
  return (
    <nav class="site-nav" aria-label="Site">
      <ul>
        {PLACES.map(({ path, title, covers }) => (
          <li key={path}>
            <a
              href={`#/${path}`}
              aria-current={(covers as readonly string[]).includes(first) ? 'page' : undefined}
            >
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
