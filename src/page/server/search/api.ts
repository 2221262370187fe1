/** `/api/search`: one question by GET, many by POST. docs/openapi.yaml describes it for programs. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject } from '../../../base/json.ts';
import type { SideQuestion } from '../../../query/side-by-side.ts';
import { SYSTEMS, type System } from '../../../query/systems.ts';
import { readJsonBody } from '../body.ts';
import { clientOf, RequestError, sendJson } from '../reply.ts';
import type { SearchAbout } from '../../views/search-view.ts';
import type { OpenSearch, SearchService } from './service.ts';

export const LIMITS = {
  /** Characters of a question. */
  question: 2_000,
  /** Documents of an answer. */
  k: 100,
  /** Questions of a batch. */
  questions: 256,
  /** Bytes of a batch. */
  body: 1_048_576,
} as const;

const DEFAULT_K = 10;

type Asked = Omit<SideQuestion, 'text'>;

/** GET: the answer to one question. */
export async function answerQuestion(
  service: SearchService,
  request: IncomingMessage,
  response: ServerResponse,
  { searchParams }: URL,
): Promise<void> {
  for (const name of searchParams.keys())
    if (!PARAMETERS.has(name)) throw wrong(`There is no parameter ${JSON.stringify(name.slice(0, 40))}.`);
  const text = searchParams.get('q');
  if (text === null) throw wrong('The question is missing: /api/search?q=…');
  const asked: Asked = {
    top: kOf(searchParams.has('k') ? Number(searchParams.get('k') || NaN) : undefined),
    systems: systemsOf(searchParams.get('systems')?.split(',')),
    texts: textsOf(searchParams.get('texts') ?? 'true'),
  };
  const question = questionOf(text);
  const client = clientOf(request, response);
  const open = await service.open(runOf(searchParams.get('run') ?? undefined));
  const answer = await open.pool.ask({ text: question, ...asked }, client);
  const { error } = answer.includes('"error"') ? (JSON.parse(answer) as { error?: ErrorBody }) : {};
  if (error)
    throw new RequestError(422, error.code, error.message, error.hint === null ? {} : { hint: error.hint });
  sendJson(response, `{${headOf(open, asked)},${answer.slice(1)}`);
}

interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** POST: the answers to many, in their order; those that have none carry an `error`. */
export async function answerBatch(
  service: SearchService,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const client = clientOf(request, response);
  const body = await readJsonBody(request, LIMITS.body);
  if (!isObject(body)) throw wrong('The body has to be an object with `queries`.');
  for (const name of Object.keys(body))
    if (!FIELDS.has(name)) throw wrong(`There is no field ${JSON.stringify(name.slice(0, 40))}.`);
  const { queries, k, systems, run, texts = true } = body;
  if (!Array.isArray(queries) || queries.length === 0 || queries.length > LIMITS.questions)
    throw wrong(`\`queries\` has to be a list of 1 to ${LIMITS.questions} questions.`);
  const asked: Asked = {
    top: kOf(k),
    systems: systemsOf(systems),
    texts: textsOf(typeof texts === 'boolean' ? String(texts) : ''),
  };
  const questions = queries.map(questionOf);
  const open = await service.open(runOf(run));
  const answers = await Promise.all(questions.map((text) => open.pool.ask({ text, ...asked }, client)));
  sendJson(response, `{${headOf(open, asked)},"answers":[${answers.join(',')}]}`);
}

/** What answers, and how: for the search page. */
export async function aboutSearch(
  service: SearchService,
  response: ServerResponse,
  { searchParams }: URL,
): Promise<void> {
  const { target, pool } = await service.open(runOf(searchParams.get('run') ?? undefined));
  const about: SearchAbout = { run: target.run, spec: target.spec, ...pool.facts };
  sendJson(response, JSON.stringify(about));
}

const PARAMETERS: ReadonlySet<string> = new Set(['q', 'k', 'run', 'systems', 'texts']);
const FIELDS: ReadonlySet<string> = new Set(['queries', 'k', 'run', 'systems', 'texts']);

/** The members of the answer before those of the thread, without braces. */
function headOf({ target: { run, spec } }: OpenSearch, { top }: Asked): string {
  return JSON.stringify({ run, spec, k: top }).slice(1, -1);
}

const wrong = (message: string): RequestError => new RequestError(400, 'E_REQUEST', message);

function questionOf(text: unknown): string {
  if (typeof text !== 'string') throw wrong('A question has to be a text.');
  if (text.length > LIMITS.question)
    throw wrong(`A question has at most ${LIMITS.question.toLocaleString('en-US')} characters.`);
  return text;
}

function kOf(k: unknown): number {
  if (k === undefined) return DEFAULT_K;
  if (typeof k === 'number' && Number.isInteger(k) && k >= 1 && k <= LIMITS.k) return k;
  throw wrong(`\`k\` has to be an integer from 1 to ${LIMITS.k}.`);
}

function systemsOf(names: unknown): readonly System[] {
  if (names === undefined) return SYSTEMS;
  const known = (name: unknown): name is System => (SYSTEMS as readonly unknown[]).includes(name);
  if (Array.isArray(names) && names.length > 0 && names.length <= 3 && names.every(known)) return names;
  throw wrong(`\`systems\` has to name some of ${SYSTEMS.join(', ')}.`);
}

function textsOf(value: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  throw wrong('`texts` has to be true or false.');
}

const LONGEST_NAME = 200;

function runOf(run: unknown): string | undefined {
  if (run === undefined || (typeof run === 'string' && run.length > 0 && run.length <= LONGEST_NAME))
    return run;
  throw wrong('`run` has to be the id of a run, a tag, or latest.');
}
