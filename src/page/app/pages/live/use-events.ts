import { useEffect, useState } from 'preact/hooks';
import type { LiveEvent, LiveView } from '../../../views/live-view.ts';
import { afterEvents, startOf, type RunProgress } from './progress.ts';

export interface Followed {
  readonly progress: RunProgress;
  /** All events have been read, and no more will come. */
  readonly isOver: boolean;
  readonly isConnected: boolean;
}

/** Many events may arrive at once, such as those before the page was opened: they are drawn together. */
const DRAW_MS = 100;

export function useEvents(view: LiveView): Followed {
  const [followed, setFollowed] = useState<Followed>(() => ({
    progress: startOf(view.stages),
    isOver: false,
    isConnected: true,
  }));
  useEffect(() => {
    let waiting: LiveEvent[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = (change: Partial<Followed> = {}): void => {
      clearTimeout(timer);
      timer = undefined;
      const events = waiting;
      waiting = [];
      setFollowed((before) => ({ ...before, ...change, progress: afterEvents(before.progress, events) }));
    };
    // The browser connects again by itself, and says which event it had last.
    const source = new EventSource(`/api/events?run=${encodeURIComponent(view.run)}`);
    source.onmessage = ({ data }: MessageEvent<string>) => {
      waiting.push(JSON.parse(data) as LiveEvent);
      timer ??= setTimeout(draw, DRAW_MS);
    };
    source.addEventListener('end', () => {
      source.close();
      draw({ isOver: true });
    });
    source.onopen = () => {
      draw({ isConnected: true });
    };
    source.onerror = () => {
      draw({ isConnected: false });
    };
    return () => {
      source.close();
      clearTimeout(timer);
    };
  }, [view.run]);
  return followed;
}
