/** The current route, and links that change a part of it. */
import { useEffect, useState } from 'preact/hooks';
import { useSource } from './source/use-view.ts';
import { formatRoute, parseRoute, withQuery, type Route } from './routes.ts';

export function useRoute(): Route {
  const { start } = useSource();
  const read = (): string => (location.hash.length > 2 ? location.hash : start);
  const [hash, setHash] = useState(read);
  useEffect(() => {
    const changed = (): void => {
      setHash(read());
    };
    addEventListener('hashchange', changed);
    return () => {
      removeEventListener('hashchange', changed);
    };
  }, [start]);
  return parseRoute(hash);
}

export interface RouteState {
  readonly value: string;
  /** Replaces the address, so that the back button leaves the page and does not step through every choice. */
  readonly set: (value: string) => void;
}

/** A choice of the reader that is kept in the address, under this name. */
export function useRouteValue(name: string, initial: string): RouteState {
  const route = useRoute();
  return {
    value: route.query[name] ?? initial,
    set(value) {
      const next = withQuery(parseRoute(location.hash.length > 2 ? location.hash : formatRoute(route)), {
        [name]: value === initial ? '' : value,
      });
      history.replaceState(null, '', formatRoute(next));
      // replaceState tells nobody.
      dispatchEvent(new HashChangeEvent('hashchange'));
    },
  };
}
