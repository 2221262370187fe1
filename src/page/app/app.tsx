/** The page around all pages: what the route names, or a sentence where it names nothing. */
import type { JSX } from 'preact';
import { pageOf } from './pages.tsx';
import { Empty } from './parts/empty.tsx';
import { SiteNav } from './parts/site-nav.tsx';
import { formatRoute } from './routes.ts';
import { useSource } from './source/use-view.ts';
import { useRoute } from './use-route.ts';

export function App(): JSX.Element {
  const route = useRoute();
  const { start } = useSource();
  const Shown = pageOf(route);
  if (Shown)
    return (
      <>
        <SiteNav />
        <Shown route={route} />
      </>
    );
  return (
    <main class="page">
      <h1>Nothing here</h1>
      <Empty>
        The address <code>{formatRoute(route)}</code> names no page. <a href={start}>Go to the first page.</a>
      </Empty>
    </main>
  );
}
