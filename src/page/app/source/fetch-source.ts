/** Views that a server gives, at `/api/view/NAME`. */
import type { ViewName } from '../../views/names.ts';
import type { RunsView } from '../../views/runs-view.ts';
import { runsName, runsStateName } from '../../views/serve-names.ts';
import type { DataSource } from './data-source.ts';

const BASE = '/api/view/';

/** `isSeen`: a page that nobody looks at asks for nothing. */
export function fetchSource(start: string, isSeen: () => boolean): DataSource {
  /** The table of runs that was read last. */
  let shown: Pick<RunsView, 'state' | 'unread'> | undefined;
  async function read<T>(name: ViewName<T>): Promise<T | undefined> {
    const response = await fetch(BASE + name, { headers: { accept: 'application/json' } });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(await reason(response));
    const view = (await response.json()) as T;
    if (name === runsName) shown = view as RunsView;
    return view;
  }
  return {
    isLive: true,
    start,
    read,
    // Only the table of runs changes while it is looked at: what it shows of a run never does.
    watch(name, changed) {
      if (name !== runsName) return () => undefined;
      // Compared with the table itself: an earlier answer misses what changed between the table and that answer.
      const look = async (): Promise<void> => {
        if (isSeen() && (await read(runsStateName)) !== shown?.state) changed();
      };
      let timer: ReturnType<typeof setTimeout> | undefined;
      const lookLater = (): void => {
        timer = setTimeout(
          () => {
            const looked = look().catch(() => undefined);
            void looked.then(() => {
              if (timer !== undefined) lookLater();
            });
          },
          shown && shown.unread > 0 ? READING_POLL_MS : POLL_MS,
        );
      };
      lookLater();
      return () => {
        clearTimeout(timer);
        timer = undefined;
      };
    },
  };
}

/** Between two looks: usually, and while the server is still reading records. */
const [POLL_MS, READING_POLL_MS] = [3_000, 500];

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
