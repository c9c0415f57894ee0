/** Who is in the channel; who may adds others. */

import { createResource, createSignal, For, type JSX, Show } from 'solid-js';

import type { List } from '../../api/faces';
import type { Channel, People, Seat } from '../../api/wire';
import { sayProblem } from '../../model/app';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Face } from '../../ui/face';
import { useActs } from '../timeline/acts';
import { Icon } from '../../ui/icon';
import { Pane } from './pane';

export const Members = (props: { channel: Channel }): JSX.Element => {
  const team = useTeam();
  const { face } = team;
  const acts = useActs(() => undefined);
  const [more, setMore] = createSignal<{ items: Seat[]; people: People; next?: string | null }>();
  const [seats, { refetch }] = createResource(
    () => [props.channel.id, props.channel.changed] as const,
    async ([id]): Promise<List<Seat>> => {
      setMore(undefined);
      return face.seats(id);
    },
  );
  const items = (): Seat[] => [...(seats.error ? [] : (seats.latest?.items ?? [])), ...(more()?.items ?? [])];
  const people = (): People => ({ ...team.people(), ...seats.latest?.people, ...more()?.people });
  const next = (): string | null => (more() ? (more()?.next ?? null) : (seats.latest?.next ?? null));
  const [typed, setTyped] = createSignal('');
  const [found] = createResource(
    () => typed() || undefined,
    (prefix) => face.members({ prefix, limit: 8 }),
  );
  const add = (account: string): void => {
    face
      .add(props.channel.id, account)
      .then(() => {
        setTyped('');
        return refetch();
      })
      .catch(sayProblem);
  };
  const load = async (): Promise<void> => {
    const cursor = next();
    if (!cursor) return;
    const page = await face.seats(props.channel.id, cursor);
    setMore({ items: [...(more()?.items ?? []), ...page.items], people: { ...more()?.people, ...page.people }, next: page.next });
  };
  const mayAdd = (): boolean => props.channel.kind !== 'direct' && team.state().places[props.channel.id] !== undefined;
  return (
    <Pane title={t('bar.members', { count: props.channel.members })}>
      <div class="pane-in">
        <Show when={mayAdd()}>
          <input class="input sm" type="search" aria-label={t('details.add')} placeholder={t('details.add')} value={typed()} onInput={(event) => setTyped(event.currentTarget.value)} />
          <For each={typed() && !found.error ? found.latest?.items.filter((one) => !items().some((seat) => seat.account === one.account)) : []}>
            {(one) => (
              <button class="mi" onClick={() => add(one.account)}>
                <Face id={one.account} name={one.name} size={24} />
                <bdi class="cut">{one.name}</bdi>
                <span class="push">
                  <Icon name="plus" size="s" />
                </span>
              </button>
            )}
          </For>
        </Show>
        <ul class="picks">
          <For each={items()}>
            {(seat) => {
              const person = () => people()[seat.account];
              const name = (): string => person()?.name ?? t('person.unknown');
              return (
                <li>
                  <button class="mi" onClick={() => acts.person(seat.account)}>
                  <Face
                    id={seat.account}
                    name={name()}
                    picture={person()?.picture ? face.pictureOf(person()?.picture ?? '') : undefined}
                    size={28}
                    presence={team.presence(seat.account)}
                  />
                  <bdi class="cut">{name()}</bdi>
                  <Show when={person()?.role === 'bot'}>
                    <span class="tag">{t('person.bot')}</span>
                  </Show>
                  <Show when={seat.role === 'manager'}>
                    <span class="tag push">{t('details.manager')}</span>
                  </Show>
                  </button>
                </li>
              );
            }}
          </For>
        </ul>
        <Show when={next()}>
          <button class="btn wide" onClick={() => void load().catch(sayProblem)}>
            {t('list.more')}
          </button>
        </Show>
      </div>
    </Pane>
  );
};
