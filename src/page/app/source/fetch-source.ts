/** Views that a server gives, at `/api/view/NAME`. */
import type { ViewName } from '../../views/names.ts';
import type { DataSource } from './data-source.ts';

export function fetchSource(start: string, base = '/api/view/'): DataSource {
  return {
    isLive: true,
    start,
    async read<T>(name: ViewName<T>): Promise<T | undefined> {
      const response = await fetch(base + name, { headers: { accept: 'application/json' } });
      if (response.status === 404) return undefined;
      if (!response.ok) throw new Error(await reason(response));
      return (await response.json()) as T;
    },
  };
}

/** Errors come as `{ "message": … }`. */
async function reason(response: Response): Promise<string> {
  try {
    const { message } = (await response.json()) as { message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // Not JSON, as from a proxy: the status has to do.
  }
  return `The server answered ${response.status} ${response.statusText}.`;
}
