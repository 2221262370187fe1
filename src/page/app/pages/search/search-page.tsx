/** A question, and the documents that the model, BM25 and their fusion find for it, side by side. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SearchAbout, SearchAnswer } from '../../../views/search-view.ts';
import { countText } from '../../format.ts';
import { formatRoute, withQuery } from '../../routes.ts';
import { useRoute, useRouteValue } from '../../use-route.ts';
import { Answers } from './answers.tsx';
import { useFetched, type Fetched } from './use-fetched.ts';

const DEFAULT_K = '10';

export function SearchPage(): JSX.Element {
  const question = useRouteValue('q', '');
  const run = useRouteValue('run', '');
  const k = useRouteValue('k', DEFAULT_K);
  const suffix = run.value === '' ? '' : `run=${encodeURIComponent(run.value)}`;
  const about = useFetched<SearchAbout>(`/api/search/about?${suffix}`);
  const answer = useFetched<SearchAnswer>(
    question.value === ''
      ? undefined
      : `/api/search?q=${encodeURIComponent(question.value)}&k=${encodeURIComponent(k.value)}&${suffix}`,
  );
  return (
    <main class="page wide search-page">
      <header class="page-head">
        <h1>Search</h1>
        {about.state === 'ready' && <Facts about={about.value} />}
      </header>
      <QuestionBox value={question.value} ask={question.set} k={k.value} setK={k.set} />
      {about.state === 'loading' && question.value === '' && <p class="empty">Loading the model …</p>}
      {about.state === 'failed' ? (
        <p class="empty" role="alert">
          {about.message}
        </p>
      ) : (
        <Result answer={answer} about={about} />
      )}
    </main>
  );
}

function Facts({ about }: { readonly about: SearchAbout }): JSX.Element {
  const { run, spec, documents, fusion, search, isHybrid } = about;
  return (
    <div class="facts">
      <span>
        {countText(documents, 'document')} of{' '}
        {run === null ? spec : <a href={formatRoute({ path: ['run', run], query: {} })}>{spec}</a>}
      </span>
      {isHybrid && <span>vectors with a lexical part</span>}
      {search !== null && (
        <span>{search === 'exact' ? 'every document compared' : 'approximate, by an index'}</span>
      )}
      {fusion !== null && <span>fused: {fusion}</span>}
    </div>
  );
}

function QuestionBox(props: {
  readonly value: string;
  readonly ask: (question: string) => void;
  readonly k: string;
  readonly setK: (k: string) => void;
}): JSX.Element {
  const { value, ask, k, setK } = props;
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  // A link or the back button may bring another question.
  useEffect(() => {
    setText(value);
  }, [value]);
  useEffect(() => {
    input.current?.focus();
  }, []);
  return (
    <form
      class="ask"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        ask(text.trim());
      }}
    >
      <div class="question-box">
        <label class="unseen" for="question">
          Question
        </label>
        <input
          id="question"
          ref={input}
          type="search"
          dir="auto"
          value={text}
          maxLength={2_000}
          placeholder="Ask a question"
          onInput={(event) => {
            setText(event.currentTarget.value);
          }}
        />
        <button type="submit">Search</button>
      </div>
      <label>
        documents{' '}
        <select
          value={k}
          onChange={(event) => {
            setK(event.currentTarget.value);
          }}
        >
          {[...new Set([k, '5', '10', '20', '50', '100'])]
            .sort((a, b) => Number(a) - Number(b))
            .map((count) => (
              <option key={count}>{count}</option>
            ))}
        </select>
      </label>
    </form>
  );
}

function Result(props: {
  readonly answer: Fetched<SearchAnswer>;
  readonly about: Fetched<SearchAbout>;
}): JSX.Element | null {
  const { answer, about } = props;
  const route = useRoute();
  switch (answer.state) {
    case 'none':
      return about.state === 'ready' && about.value.examples.length > 0 ? (
        <section aria-labelledby="examples">
          <h2 id="examples">Questions of the corpus to try</h2>
          <ul class="examples">
            {about.value.examples.map((example) => (
              <li key={example}>
                <a href={formatRoute(withQuery(route, { q: example }))}>
                  <bdi>{example}</bdi>
                </a>
              </li>
            ))}
          </ul>
        </section>
      ) : null;
    case 'loading':
      return <p class="empty">Searching …</p>;
    case 'failed':
      return (
        <p class="empty" role="alert">
          {answer.message}
        </p>
      );
    case 'ready':
      return <Answers answer={answer.value} />;
  }
}
