import { expect, it } from 'vitest';
import { formatRoute, parseRoute, withQuery } from '../../../src/page/app/routes.ts';

it.each([
  { path: ['run', '20260131T120000Z-3e7a1b2'], query: {} },
  { path: ['run', 'model[seed=1]/x', 'é 100%'], query: { query: 'a&b=c #?', find: 'שלום 👩🏽‍⚕️ +' } },
  { path: [], query: { at: 'map' } },
])('an address gives back what it was made of: %j', (route) => {
  expect(parseRoute(formatRoute(route))).toEqual(route);
});

it('an address edited by hand is read as far as it can be', () => {
  expect(parseRoute('#/run/100%?at=map&at=x')).toEqual({ path: ['run', '100%'], query: { at: 'x' } });
  expect(parseRoute('')).toEqual({ path: [], query: {} });
});

it('an empty choice leaves the address', () => {
  const route = parseRoute('#/run/a?at=map&find=x');
  expect(formatRoute(withQuery(route, { find: '' }))).toBe('#/run/a?at=map');
});
