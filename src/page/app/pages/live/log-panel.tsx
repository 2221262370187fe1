/** What a stage prints, as it prints it. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LogView } from '../../../views/live-view.ts';
import { Section } from '../../parts/section.tsx';

const POLL_MS = 1_000;
/** Characters that are kept on the page. */
const MOST = 400_000;

export function LogPanel({ run, stage }: { readonly run: string; readonly stage: string }): JSX.Element {
  const { text, isCut, isThere } = useLog(run, stage);
  const box = useRef<HTMLPreElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    const element = box.current;
    if (element && follows.current) element.scrollTop = element.scrollHeight;
  }, [text]);
  return (
    <Section id="log" title={`Log of ${stage}`}>
      {isCut && <p class="soft">The beginning is left out; `pipeline logs` has all of it.</p>}
      {text === '' ? (
        <p class="empty">{isThere ? 'It has printed nothing yet.' : 'It has no log.'}</p>
      ) : (
        <pre
          ref={box}
          class="log"
          tabIndex={0}
          aria-label={`Log of ${stage}`}
          onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
            follows.current = scrollTop + clientHeight >= scrollHeight - 8;
          }}
        >
          {text}
        </pre>
      )}
    </Section>
  );
}

interface Log {
  readonly text: string;
  readonly isCut: boolean;
  readonly isThere: boolean;
}

const NOTHING: Log = { text: '', isCut: false, isThere: true };

function useLog(run: string, stage: string): Log {
  const [log, setLog] = useState(NOTHING);
  useEffect(() => {
    setLog(NOTHING);
    const stop = new AbortController();
    let from = -1;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async (): Promise<void> => {
      const address = `/api/log?run=${encodeURIComponent(run)}&stage=${encodeURIComponent(stage)}&from=${from}`;
      const response = await fetch(address, { signal: stop.signal });
      if (response.ok) {
        const piece = (await response.json()) as LogView;
        const isFirst = from < 0;
        from = piece.next;
        setLog((before) => {
          const all = before.text + piece.text;
          return {
            text: all.slice(-MOST),
            isCut: before.isCut || (isFirst && piece.skipped > 0) || all.length > MOST,
            isThere: true,
          };
        });
        if (!piece.isWritten) return;
      } else setLog((before) => ({ ...before, isThere: false }));
      timer = setTimeout(() => {
        read().catch(() => undefined);
      }, POLL_MS);
    };
    read().catch(() => undefined);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [run, stage]);
  return log;
}
