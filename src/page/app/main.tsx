/** Starts the page in the browser: a report with its views embedded, or the page of `pipeline serve`. */
import { render } from 'preact';
import { App } from './app.tsx';
import { embeddedSource } from './source/embedded-source.ts';
import { fetchSource } from './source/fetch-source.ts';
import { SourceContext } from './source/use-view.ts';

const root = document.getElementById('app');
if (!root) throw new Error('the page has no element #app');
const start = root.dataset['start'] ?? '#/';
const source =
  root.dataset['source'] === 'server'
    ? fetchSource(start, () => !document.hidden)
    : embeddedSource(document, start);
root.replaceChildren();
render(
  <SourceContext.Provider value={source}>
    <App />
  </SourceContext.Provider>,
  root,
);
