/** One member in the list of people, and the heads of its columns. */

import { createEffect, For, type JSX, Show } from 'solid-js';

import type { MemberView, Role } from '../../api/faces';
import { go, sayProblem } from '../../model/app';
import { useTeam } from '../../model/team';
import * as time from '../../model/time';
import { t } from '../../texts';
import { Face } from '../../ui/face';
import { Icon } from '../../ui/icon';
import { type Choice, MenuButton } from '../../ui/menu';

export const ROLES = ['owner', 'admin', 'member', 'guest'] as const;

/** What the columns are, where there is room for columns. */
export const Heads = (props: { items: readonly MemberView[]; chosen: readonly MemberView[]; choose: (members: readonly MemberView[]) => void }): JSX.Element => {
  const isAll = (): boolean => props.items.every((member) => props.chosen.some((one) => one.account === member.account));
  return (
    <div class="people heads" role="row">
      <span role="columnheader">
        <label class="tick">
          <input
            type="checkbox"
            aria-label={t('admin.choose.all')}
            checked={isAll()}
            ref={(box) => createEffect(() => (box.indeterminate = props.chosen.length > 0 && !isAll()))}
            onChange={(event) => props.choose(event.currentTarget.checked ? props.items : [])}
          />
        </label>
      </span>
      <span role="columnheader">{t('prefs.name')}</span>
      <span role="columnheader" class="wide-only">
        {t('admin.people.title')}
      </span>
      <span role="columnheader" class="wide-only">
        {t('person.time')}
      </span>
      <span role="columnheader">{t('admin.role')}</span>
      <span role="columnheader">
        <span class="sr">{t('admin.people.act')}</span>
      </span>
    </div>
  );
};

const Who = (props: { member: MemberView }): JSX.Element => {
  const team = useTeam();
  const status = (): string => {
    const known = props.member.status;
    return known ? `${known.emoji ?? ''} ${known.text}`.trim() : '';
  };
  return (
    <div class="person" role="cell">
      <Face id={props.member.account} name={props.member.name} picture={props.member.picture && team.face.pictureOf(props.member.picture)} size={28} />
      <div class="cut">
        <div class="t cut">
          <bdi>{props.member.name}</bdi>
          <Show when={props.member.account === team.me}>
            {' '}
            <span class="tag">{t('tab.you')}</span>
          </Show>
        </div>
        <Show when={status()} fallback={<div class="d cut narrow-only">{props.member.title}</div>}>
          <div class="d cut" dir="auto">
            {status()}
          </div>
        </Show>
      </div>
    </div>
  );
};

const RoleOf = (props: { member: MemberView; change: (role: Role) => void }): JSX.Element => (
  <span role="cell">
    <Show when={props.member.role !== 'bot'} fallback={<span class="tag">{t('role.bot')}</span>}>
      <select class="bare-select" aria-label={`${t('admin.role')}, ${props.member.name}`} onChange={(event) => props.change(event.currentTarget.value as Role)}>
        <For each={ROLES}>
          {(role) => (
            <option value={role} selected={props.member.role === role}>
              {t(`role.${role}`)}
            </option>
          )}
        </For>
      </select>
    </Show>
  </span>
);

export interface PersonRowProps {
  member: MemberView;
  isChosen: boolean;
  choose: (on: boolean) => void;
  change: (role: Role) => void;
  remove: () => void;
}

export const PersonRow = (props: PersonRowProps): JSX.Element => {
  const team = useTeam();
  const { face } = team;
  const choices = (): Choice[] => [
    {
      label: t('person.write'),
      icon: 'compose',
      run: () => void face.direct([props.member.account]).then((made) => go({ kind: 'place', workspace: team.room.slug, channel: made.id }), sayProblem),
    },
    { label: t('admin.sessions'), icon: 'key', run: () => void face.endSessions(props.member.account).catch(sayProblem) },
    { label: t('admin.remove'), icon: 'trash', bad: true, apart: true, run: props.remove },
  ];
  return (
    <div class="people human" classList={{ sel: props.isChosen }} role="row">
      <span role="cell">
        <label class="tick">
          <input type="checkbox" checked={props.isChosen} aria-label={t('admin.choose', { name: props.member.name })} onChange={(event) => props.choose(event.currentTarget.checked)} />
        </label>
      </span>
      <Who member={props.member} />
      <span class="mid cut wide-only" role="cell" dir="auto">
        {props.member.title}
      </span>
      <span class="mid num wide-only" role="cell">
        {props.member.time_zone && time.clockIn(Date.now(), props.member.time_zone)}
      </span>
      <RoleOf member={props.member} change={props.change} />
      <span role="cell">
        <Show when={props.member.account !== team.me}>
          <MenuButton label={t('admin.more', { name: props.member.name })} class="ib sm" choices={choices}>
            <Icon name="more" size="s" />
          </MenuButton>
        </Show>
      </span>
    </div>
  );
};
