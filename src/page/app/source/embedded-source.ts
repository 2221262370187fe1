/**
 * Views embedded in the report's file, each as the text of `<script type="application/json" data-view="NAME">`. A view
 * is parsed when it is first asked for, so that large ones do not delay the first paint.
 */
import type { ViewName } from '../../views/names.ts';
import type { DataSource } from './data-source.ts';

export function embeddedSource(document: Document, start: string): DataSource {
  const blocks = new Map<string, HTMLElement>();
  for (const block of document.querySelectorAll<HTMLElement>('script[data-view]'))
    blocks.set(block.dataset['view'] ?? '', block);
  const parsed = new Map<string, Promise<unknown>>();
  return {
    isLive: false,
    start,
    read<T>(name: ViewName<T>): Promise<T | undefined> {
      const known = parsed.get(name);
      if (known) return known as Promise<T | undefined>;
      const text = blocks.get(name)?.textContent;
      const view = Promise.resolve(text ? (JSON.parse(text) as unknown) : undefined);
      parsed.set(name, view);
      return view as Promise<T | undefined>;
    },
  };
}
