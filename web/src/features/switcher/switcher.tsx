/** One box to go anywhere: type, arrow, Enter. */

import { createEffect, createMemo, createResource, createSignal, For, type JSX, on, Show } from 'solid-js';
import { Portal } from 'solid-js/web';

import { go, sayProblem } from '../../model/app';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Face } from '../../ui/face';
import { trapFocus } from '../../ui/focus';
import { Icon, type IconName } from '../../ui/icon';
import { pictureOf } from '../timeline/message';
import { commands } from './commands';
import { findTargets, type Target } from './find';

const ASK_FROM = 2;

/** The part that was typed, where it stands in a name. */
const Hit = (props: { name: string; typed: string }): JSX.Element => {
  const at = (): number => (props.typed === '' ? -1 : props.name.toLocaleLowerCase().indexOf(props.typed.toLocaleLowerCase()));
  return (
    <Show when={at() >= 0} fallback={props.name}>
      {props.name.slice(0, at())}
      <span class="hit">{props.name.slice(at(), at() + props.typed.length)}</span>
      {props.name.slice(at() + props.typed.length)}
    </Show>
  );
};

const iconOf = (target: Target): IconName => {
  if (target.kind === 'command') return target.command.icon;
  if (target.kind === 'person') return 'people';
  return { private: 'lock', direct: 'people', public: 'hash' }[target.channel.kind] as IconName;
};

export const Switcher = (props: { close: () => void }): JSX.Element => {
  const team = useTeam();
  const [typed, setTyped] = createSignal('');
  const [at, setAt] = createSignal(0);
  let box: HTMLDivElement | undefined;
  // Whom and what this device does not know yet, the server does.
  const [elsewhere] = createResource(
    () => (!typed().startsWith('>') && typed().replace(/^[#@]/, '').length >= ASK_FROM ? typed().replace(/^[#@]/, '') : undefined),
    async (prefix) => {
      const [members, channels, archived] = await Promise.all([
        team.face.members({ prefix, limit: 8 }).catch(() => ({ items: [] })),
        team.face.channels({ prefix, limit: 8 }).catch(() => ({ items: [] })),
        // What is archived is never listed, but found.
        team.face.channels({ prefix, archived: true, limit: 4 }).catch(() => ({ items: [] })),
      ]);
      return { members: members.items, channels: [...channels.items, ...archived.items] };
    },
  );
  const found = createMemo(() => {
    const { channels, places } = team.state();
    const more = elsewhere.latest;
    const people = { ...Object.fromEntries((more?.members ?? []).map((one) => [one.account, one])), ...team.people() };
    const all = { ...Object.fromEntries((more?.channels ?? []).map((one) => [one.id, one])), ...channels };
    return findTargets(typed(), { channels: all, places, people, me: team.me, title: team.title, commands: commands(team) });
  });
  createEffect(on(typed, () => setAt(0)));
  const word = (): string => typed().replace(/^[#@>]/, '').trim();
  const aboutOf = (target: Target): string => {
    if (target.kind === 'channel') return target.channel.topic;
    return target.kind === 'person' ? (team.people()[target.account]?.status?.text ?? '') : '';
  };
  const take = (target: Target | undefined): void => {
    if (!target) return;
    props.close();
    if (target.kind === 'command') target.command.run();
    else if (target.kind === 'channel') go({ kind: 'place', workspace: team.room.slug, channel: target.channel.id });
    else {
      team.face
        .direct([target.account])
        .then((channel) => go({ kind: 'place', workspace: team.room.slug, channel: channel.id }))
        .catch(sayProblem);
    }
  };
  const Inside = (): JSX.Element => {
    trapFocus(() => box, props.close);
    return (
      <div ref={box} class="dialog" role="dialog" aria-modal="true" aria-label={t('switcher.label')}>
        <div class="qs-in">
          <Icon name="search" />
          <input
            class="bare-input"
            autofocus
            role="combobox"
            aria-expanded="true"
            aria-controls="switcher"
            aria-activedescendant={`target-${at()}`}
            aria-label={t('switcher.label')}
            placeholder={t('switcher.label')}
            value={typed()}
            onInput={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={(event) => {
              const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
              if (step !== undefined) {
                event.preventDefault();
                setAt((at() + step + found().length) % Math.max(1, found().length));
              } else if (event.key === 'Enter' && !event.isComposing) {
                event.preventDefault();
                take(found()[at()]);
              }
            }}
          />
        </div>
        <div class="qs" id="switcher" role="listbox" aria-label={t('switcher.label')}>
          <For each={found()}>
            {(target, index) => (
              <div
                class="o"
                classList={{ at: index() === at() }}
                id={`target-${index()}`}
                role="option"
                aria-selected={index() === at()}
                onPointerMove={() => setAt(index())}
                onClick={() => take(target)}
              >
                <Show
                  when={target.kind === 'person' && target}
                  fallback={<Icon name={iconOf(target)} />}
                >
                  {(person) => (
                    <Face id={person().account} name={person().name} picture={pictureOf(team, person().account)} size={20} presence={team.presence(person().account)} />
                  )}
                </Show>
                <span class="cut" classList={{ unread: target.kind === 'channel' && target.unread }}>
                  <bdi>
                    <Hit name={target.name} typed={word()} />
                  </bdi>
                </span>
                <span class="d cut" dir="auto">
                  {aboutOf(target)}
                </span>
                <Show when={target.kind === 'channel' && target.channel.state === 'archived'}>
                  <span class="tag push">{t('bar.archived')}</span>
                </Show>
              </div>
            )}
          </For>
          <Show when={found().length === 0}>
            <p class="dim pad">{t('switcher.none')}</p>
          </Show>
        </div>
        <div class="qs-foot">
          <span>{t('switcher.hint')}</span>
          <span class="push">{t('switcher.narrow')}</span>
        </div>
      </div>
    );
  };
  return (
    <Portal>
      <div class="veil" onPointerDown={(event) => event.target === event.currentTarget && props.close()}>
        <Inside />
      </div>
    </Portal>
  );
};
