import { useEffect, useState } from 'preact/hooks';

export type Fetched<T> =
  | { readonly state: 'none' }
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly message: string };

/** The JSON at an address; nothing without one. A request whose answer is no longer wanted is ended. */
export function useFetched<T>(address: string | undefined): Fetched<T> {
  const [fetched, setFetched] = useState<{ readonly address: string; readonly result: Fetched<T> }>();
  useEffect(() => {
    if (address === undefined) return;
    const unwanted = new AbortController();
    fetchJson<T>(address, unwanted.signal).then(
      (result) => {
        setFetched({ address, result });
      },
      (error: unknown) => {
        if (unwanted.signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        setFetched({ address, result: { state: 'failed', message } });
      },
    );
    return () => {
      unwanted.abort();
    };
  }, [address]);
  if (address === undefined) return { state: 'none' };
  return fetched?.address === address ? fetched.result : { state: 'loading' };
}

async function fetchJson<T>(address: string, signal: AbortSignal): Promise<Fetched<T>> {
  const response = await fetch(address, { signal });
  const value = (await response.json()) as T & { message?: string; hint?: string | null };
  if (response.ok) return { state: 'ready', value };
  const sentence = value.message ?? `The server answered ${response.status}.`;
  const whole = /[.?!]$/.test(sentence) ? sentence : `${sentence}.`;
  const text = `${whole.charAt(0).toUpperCase()}${whole.slice(1)}`;
  return { state: 'failed', message: value.hint ? `${text} ${value.hint}` : text };
}
