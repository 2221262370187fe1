/** The embeddings in two dimensions: whether queries lie among the documents, and where those that miss lie. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { MapTextsView, MapView } from '../../../views/map-view.ts';
import { mapName } from '../../../views/names.ts';
import type { RunView } from '../../../views/run-view.ts';
import { PointMap } from '../../charts/point-map.tsx';
import { bytesOf, unitPositions } from '../../decode.ts';
import { countText, percentText } from '../../format.ts';
import { WithView } from '../../parts/loaded.tsx';
import { Section } from '../../parts/section.tsx';
import { useView } from '../../source/use-view.ts';
import { useRouteValue } from '../../use-route.ts';

export function MapSection({ run }: { readonly run: RunView }): JSX.Element {
  const stage = useRouteValue('map', run.maps.at(-1)!);
  return (
    <Section id="map" title="Map">
      {run.maps.length > 1 && (
        <div class="controls">
          <label>
            embeddings
            <select
              value={stage.value}
              onChange={(event) => {
                stage.set(event.currentTarget.value);
              }}
            >
              {run.maps.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        </div>
      )}
      <WithView name={mapName(run.id, stage.value)} what="the map of these embeddings">
        {(view) => <EmbeddingMap view={view} />}
      </WithView>
    </Section>
  );
}

interface Colouring {
  readonly names: readonly string[];
  readonly colours: readonly string[];
  readonly of: Uint8Array;
}

const SPLIT_COLOURS = ['plain', 'model', 'bm25', 'fused', 'other'];
const HIT_COLOURS = ['plain', 'bad', 'good'];

function EmbeddingMap({ view }: { readonly view: MapView }): JSX.Element {
  const by = useRouteValue('map-by', view.hitMeans === null ? 'split' : 'hit');
  const texts = useView<MapTextsView>(view.texts);
  const data = useMemo(
    () => ({ ...unitPositions(view.positions), group: bytesOf(view.group), hit: bytesOf(view.hit) }),
    [view],
  );
  const colouring = useMemo((): Colouring => {
    if (by.value === 'hit')
      return { names: ['document or not evaluated', 'miss', 'hit'], colours: HIT_COLOURS, of: data.hit };
    const colours = view.groups.map((_, index) => SPLIT_COLOURS[Math.min(index, SPLIT_COLOURS.length - 1)]!);
    return {
      names: view.groups.map((name, index) => (index === 0 ? 'documents' : name)),
      colours,
      of: data.group,
    };
  }, [by.value, data, view]);
  const points = useMemo(() => ({ x: data.x, y: data.y, colour: colouring.of }), [data, colouring]);
  const counts = useMemo(() => {
    const found = new Array<number>(colouring.names.length).fill(0);
    for (const index of colouring.of) found[index]! += 1;
    return found;
  }, [colouring]);
  const describe = (point: number): string[] => {
    const group = view.groups[data.group[point]!]!;
    const hit = [undefined, 'miss', 'hit'][data.hit[point]!];
    return [
      texts.state === 'ready' ? (texts.view.texts[point] ?? '') : '…',
      data.group[point] === 0 ? 'document' : `query of ${group}`,
      ...(hit === undefined ? [] : [hit]),
    ];
  };
  const share = view.explained[0] + view.explained[1];
  const sampled = view.points < view.vectors;
  return (
    <>
      <p class="lead">
        The first two principal components of {countText(view.vectors, 'vector')}, which have{' '}
        {percentText(share)} of the variance.{' '}
        {sampled &&
          `${countText(view.points, 'point')} are drawn, a seeded sample (at most ${view.cap.toLocaleString('en-US')}).`}{' '}
        {view.learnedOnly && 'Of these hybrid vectors, the part that the model made is drawn. '}
        Two dots that are close are not always close in all dimensions.
      </p>
      <div class="controls">
        <label>
          colour by
          <select
            value={by.value}
            onChange={(event) => {
              by.set(event.currentTarget.value);
            }}
          >
            <option value="split">split</option>
            {view.hitMeans !== null && <option value="hit">hit or miss</option>}
          </select>
        </label>
        {colouring.names.map((name, index) =>
          counts[index] === 0 ? null : (
            <span key={name} class={`key ${colouring.colours[index]!}`}>
              <i />
              {name} <span class="soft">{counts[index]!.toLocaleString('en-US')}</span>
            </span>
          ),
        )}
      </div>
      {by.value === 'hit' && view.hitMeans !== null && <p class="soft">A hit: {view.hitMeans}.</p>}
      <PointMap
        label={`Map of ${view.points} embeddings by two principal components.`}
        points={points}
        colours={colouring.colours}
        describe={describe}
      />
    </>
  );
}
