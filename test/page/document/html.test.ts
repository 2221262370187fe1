import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { contentPolicy, embeddedJson, reportHtml, serverHtml } from '../../../src/page/document/html.ts';

const ASSETS = { script: 'start()', style: 'p{}' };

it('embeds JSON that neither ends its element nor opens another', () => {
  const value = {
    text: '</script><script>alert(1)</script><!-- ',
    separators: '\u2028\u2029',
    torn: '\ud83d',
  };
  const text = embeddedJson(value);
  expect(text).not.toContain('<');
  expect(JSON.parse(text)).toEqual(value);
});

it('allows its own script and style by their digests and nothing else', () => {
  const html = reportHtml({ title: 't', start: '#/run/a', views: [] }, ASSETS);
  const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)!;
  const digest = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`script-src ${digest('start()')};`);
  expect(policy).toContain(`style-src ${digest('p{}')};`);
  expect(policy).not.toContain('unsafe');
  expect(html).toContain('<script>start()</script>');
});

it('escapes titles and names of views', () => {
  const html = reportHtml({ title: '<b>&', start: '#/"', views: [{ name: 'a"b', view: 1 }] }, ASSETS);
  expect(html).toContain('<title>&lt;b&gt;&amp;</title>');
  expect(html).toContain('data-start="#/&quot;"');
  expect(html).toContain('data-view="a&quot;b">1</script>');
});

it('the page of a server has no views, and may ask its own address', () => {
  expect(serverHtml({ title: 't', start: '#/runs' }, ASSETS)).toContain('data-source="server"');
  expect(contentPolicy(ASSETS)).toContain("connect-src 'self'");
});
