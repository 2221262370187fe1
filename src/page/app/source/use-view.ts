/** Hooks that connect components with the data source. */
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { ViewName } from '../../views/names.ts';
import type { DataSource } from './data-source.ts';

export const SourceContext = createContext<DataSource | null>(null);

export function useSource(): DataSource {
  const source = useContext(SourceContext);
  if (!source) throw new Error('no data source');
  return source;
}

export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly view: T }
  | { readonly state: 'absent' }
  | { readonly state: 'failed'; readonly message: string };

/** Keeps the view that is shown until a changed one has arrived. */
export function useView<T>(name: ViewName<T>): Loaded<T> {
  const source = useSource();
  const [loaded, setLoaded] = useState<{ name: string; result: Loaded<T> }>();
  useEffect(() => {
    let current = true;
    const load = (): void => {
      source.read(name).then(
        (view) => {
          if (current)
            setLoaded({ name, result: view === undefined ? { state: 'absent' } : { state: 'ready', view } });
        },
        (error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          if (current) setLoaded({ name, result: { state: 'failed', message } });
        },
      );
    };
    load();
    const stop = source.watch?.(name, load);
    return () => {
      current = false;
      stop?.();
    };
  }, [source, name]);
  return loaded?.name === name ? loaded.result : { state: 'loading' };
}
