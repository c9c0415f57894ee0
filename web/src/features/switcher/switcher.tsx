/** One box to go anywhere: type, arrow, Enter. */

import { createEffect, createMemo, createResource, createSignal, For, type JSX, on, Show } from 'solid-js';
import { Portal } from 'solid-js/web';

import { go, sayProblem } from '../../model/app';
import { othersOf } from '../../model/people';
import { countOf, useTeam } from '../../model/team';
import { t } from '../../texts';
import { Face } from '../../ui/face';
import { trapFocus } from '../../ui/focus';
import { Icon, type IconName } from '../../ui/icon';
import { open } from '../frame/open';
import { badge } from '../sidebar/row';
import { pictureOf } from '../timeline/face-of';
import { commands } from './commands';
import { findTargets, type Target } from './find';

const Hint = (props: { keys: readonly string[]; does: string }): JSX.Element => (
  <span class="row">
    <For each={props.keys}>{(key) => <kbd>{key}</kbd>}</For>
    {props.does}
  </span>
);

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
  if (target.kind === 'make') return 'plus';
  if (target.kind === 'person') return 'people';
  if (target.channel.state === 'archived') return 'box';
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
  const mayMake = (): boolean => {
    const right = team.state().workspace?.settings.rights.create_channels ?? 'members';
    const who = { owners: ['owner'], admins: ['owner', 'admin'], members: ['owner', 'admin', 'member'] }[right];
    return who.includes(team.room.role);
  };
  const found = createMemo(() => {
    const { channels, places } = team.state();
    const more = elsewhere.latest;
    const people = { ...Object.fromEntries((more?.members ?? []).map((one) => [one.account, one])), ...team.people() };
    const all = { ...Object.fromEntries((more?.channels ?? []).map((one) => [one.id, one])), ...channels };
    const wanted = findTargets(typed(), { channels: all, places, people, me: team.me, title: team.title, commands: commands(team) });
    return mayMake() ? wanted : { ...wanted, acts: wanted.acts.filter((target) => target.kind !== 'make') };
  });
  /** As one list: what arrows go through. */
  const all = createMemo(() => [...found().places, ...found().acts]);
  createEffect(on(typed, () => setAt(0)));
  const word = (): string => typed().replace(/^[#@>]/, '').trim();
  const callsOf = (target: Target): number => {
    if (target.kind !== 'channel' || team.isMuted(target.channel.id)) return 0;
    const count = countOf(team.state().places[target.channel.id]);
    return target.channel.kind === 'direct' ? count.unread : count.mentions;
  };
  /** Somebody, or a talk with nobody else in it. */
  const whoOf = (target: Target): string | undefined => {
    if (target.kind === 'person') return target.account;
    if (target.kind !== 'channel' || target.channel.kind !== 'direct') return undefined;
    const others = othersOf(target.channel, team.me);
    return others.length === 1 ? others[0] : undefined;
  };
  const aboutOf = (target: Target): string => {
    if (target.kind === 'channel') return target.channel.topic;
    return target.kind === 'person' ? (team.people()[target.account]?.status?.text ?? '') : '';
  };
  const take = (target: Target | undefined): void => {
    if (!target) return;
    props.close();
    if (target.kind === 'command') target.command.run();
    else if (target.kind === 'make') open('create', target.name);
    else if (target.kind === 'channel') go({ kind: 'place', workspace: team.room.slug, channel: target.channel.id });
    else {
      team.face
        .direct([target.account])
        .then((channel) => go({ kind: 'place', workspace: team.room.slug, channel: channel.id }))
        .catch(sayProblem);
    }
  };
  const Option = (props: { target: Target; index: number }): JSX.Element => (
    <div
      class="o"
      classList={{ at: props.index === at() }}
      id={`target-${props.index}`}
      role="option"
      aria-selected={props.index === at()}
      onPointerMove={() => setAt(props.index)}
      onClick={() => take(props.target)}
    >
      <span class="g">
        <Show when={whoOf(props.target)} fallback={<Icon name={iconOf(props.target)} />}>
          {(account) => <Face id={account()} name={props.target.name} picture={pictureOf(team, account())} size={24} presence={team.presence(account())} />}
        </Show>
      </span>
      <span class="cut" classList={{ unread: props.target.kind === 'channel' && props.target.unread }}>
        <Show when={props.target.kind !== 'make'} fallback={t('switcher.make', { name: props.target.name })}>
          <bdi>
            <Hit name={props.target.name} typed={word()} />
          </bdi>
        </Show>
      </span>
      <span class="d cut" dir="auto">
        {aboutOf(props.target)}
      </span>
      <Show when={props.target.kind === 'channel' && props.target.channel.state === 'archived'}>
        <span class="tag push">{t('bar.archived')}</span>
      </Show>
      <Show when={callsOf(props.target) > 0}>
        <span class="badge push">{badge(callsOf(props.target))}</span>
      </Show>
    </div>
  );
  const Group = (props: { caption: string; targets: readonly Target[]; from: number }): JSX.Element => (
    <Show when={props.targets.length > 0}>
      <div role="group" aria-label={props.caption}>
        <div class="cap" role="presentation">
          {props.caption}
        </div>
        <For each={props.targets}>{(target, index) => <Option target={target} index={props.from + index()} />}</For>
      </div>
    </Show>
  );
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
                setAt((at() + step + all().length) % Math.max(1, all().length));
              } else if (event.key === 'Enter' && !event.isComposing) {
                event.preventDefault();
                take(all()[at()]);
              }
            }}
          />
          <kbd>Esc</kbd>
        </div>
        <div class="qs" id="switcher" role="listbox" aria-label={t('switcher.label')}>
          <Group caption={t('switcher.places')} targets={found().places} from={0} />
          <Group caption={t('switcher.do')} targets={found().acts} from={found().places.length} />
          <Show when={all().length === 0}>
            <p class="dim pad">{t('switcher.none')}</p>
          </Show>
        </div>
        <div class="qs-foot" aria-hidden="true">
          <Hint keys={['↑', '↓']} does={t('switcher.key.choose')} />
          <Hint keys={['Enter']} does={t('switcher.key.open')} />
          <span class="push" />
          <Hint keys={['#']} does={t('switcher.key.channels')} />
          <Hint keys={['@']} does={t('switcher.key.people')} />
          <Hint keys={['>']} does={t('switcher.key.commands')} />
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
