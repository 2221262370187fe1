/** Views that a server gives, at `/api/view/NAME`. */
import type { ViewName } from '../../views/names.ts';
import { runsName, runsStateName } from '../../views/serve-names.ts';
import type { DataSource } from './data-source.ts';

export function fetchSource(start: string, base = '/api/view/'): DataSource {
  async function read<T>(name: ViewName<T>): Promise<T | undefined> {
    const response = await fetch(base + name, { headers: { accept: 'application/json' } });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(await reason(response));
    return (await response.json()) as T;
  }
  return {
    isLive: true,
    start,
    read,
    // Only the table of runs changes while it is looked at: what it shows of a run never does.
    watch: (name, changed) => (name === runsName ? watchRuns(read, changed) : () => undefined),
  };
}

/** Between two looks: usually, and while the server is still reading records. */
const [POLL_MS, READING_POLL_MS] = [3_000, 500];

/** A page that nobody looks at asks for nothing. */
function watchRuns(read: DataSource['read'], changed: () => void): () => void {
  let last: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const look = async (): Promise<number> => {
    if (document.hidden) return POLL_MS;
    const found = await read(runsStateName);
    if (!found) return POLL_MS;
    if (last !== undefined && found.state !== last) changed();
    last = found.state;
    return found.unread > 0 ? READING_POLL_MS : POLL_MS;
  };
  const go = (): void => {
    look()
      .catch(() => POLL_MS)
      .then(
        (wait) => {
          if (!isOver) timer = setTimeout(go, wait);
        },
        () => undefined,
      );
  };
  go();
  return () => {
    isOver = true;
    clearTimeout(timer);
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
