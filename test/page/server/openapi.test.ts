/** docs/openapi.yaml is what programs are written against: every answer is held to it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { LIMITS } from '../../../src/page/server/search/api.ts';
import { ask, testServer, type TestServer } from './fixtures.ts';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly schema: Record<string, unknown> }[];
  readonly responses: Readonly<Record<string, unknown>>;
}

const document = parse(
  readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'openapi.yaml'), 'utf8'),
) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Record<string, unknown>> };
};
const ajv = new Ajv2020({ strict: false });
ajv.addSchema({ ...document, $id: 'openapi' });

function conforms(schema: string, text: string): void {
  const validate = ajv.compile({ $ref: `openapi#/components/schemas/${schema}` });
  validate(JSON.parse(text));
  expect(validate.errors).toBeNull();
}

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const post = (body: unknown): ReturnType<typeof ask> =>
  ask(server.port, '/api/search', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** The keys of mappings without a value, which a comma in an unquoted text makes. */
function emptyKeys(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const all = Object.entries(value);
  return all.flatMap(([key, of]) => (of === null && !Array.isArray(value) ? [key] : emptyKeys(of)));
}

it('every description is one whole text', () => {
  expect(emptyKeys(document)).toEqual([]);
});

it('answers are as described', async () => {
  const { status, text } = await ask(server.port, '/api/search?q=what%20is%20gout&k=3&systems=bm25');
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ spec: 'demo', k: 3, query: 'what is gout' });
  conforms('Answer', text);
  conforms('About', (await ask(server.port, '/api/search/about')).text);
  expect((await ask(server.port, '/api/health')).text).toBe('{"status":"ok"}');
});

it('a batch is answered in order, and what has no answer says so in its place', async () => {
  const { status, text } = await post({ queries: ['one', 'unknown', 'two'], k: 2 });
  expect(status).toBe(200);
  conforms('Answers', text);
  const { answers } = JSON.parse(text) as { answers: { query: string; error?: unknown }[] };
  expect(answers.map(({ query }) => query)).toEqual(['one', 'unknown', 'two']);
  expect(answers.map(({ error }) => error !== undefined)).toEqual([false, true, false]);
});

it('failures are as described, with a status that is', async () => {
  const failures = [await ask(server.port, '/api/search'), await ask(server.port, '/api/search?q=unknown')];
  for (const { status, text } of failures) {
    conforms('Failure', text);
    expect(Object.keys(document.paths['/api/search']!['get']!.responses)).toContain(String(status));
  }
  const refused = await post({ queries: [] });
  conforms('Failure', refused.text);
  expect(Object.keys(document.paths['/api/search']!['post']!.responses)).toContain(String(refused.status));
});

it('the bounds that are described are those that are checked', () => {
  const bounds = Object.fromEntries(
    document.paths['/api/search']!['get']!.parameters!.map(({ name, schema }) => [name, schema]),
  );
  expect(bounds['q']!['maxLength']).toBe(LIMITS.question);
  expect(bounds['k']!['maximum']).toBe(LIMITS.k);
  const { queries } = document.components.schemas['Questions']!['properties'] as Record<
    string,
    { maxItems: number }
  >;
  expect(queries!.maxItems).toBe(LIMITS.questions);
});
