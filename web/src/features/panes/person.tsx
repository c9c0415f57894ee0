/** Somebody: what they do, what time it is where they are, and how one reaches them. */

import { createResource, createSignal, type JSX, onCleanup, Show } from 'solid-js';

import { go, sayProblem } from '../../model/app';
import { useTeam } from '../../model/team';
import * as time from '../../model/time';
import { t } from '../../texts';
import { Face } from '../../ui/face';
import { Icon } from '../../ui/icon';
import { open } from '../frame/open';
import { pictureOf } from '../timeline/face-of';
import { Pane } from './pane';

const MINUTE_MS = 60_000;

export const Person = (props: { who: string }): JSX.Element => {
  const team = useTeam();
  const [member] = createResource(() => props.who, team.face.member);
  const known = () => (member.error ? undefined : member.latest);
  const person = () => team.people()[props.who];
  const status = () => known()?.status ?? person()?.status;
  const [now, setNow] = createSignal(Date.now());
  const timer = setInterval(() => setNow(Date.now()), MINUTE_MS);
  onCleanup(() => clearInterval(timer));
  const write = (): void => {
    team.face
      .direct(props.who === team.me ? [] : [props.who])
      .then((channel) => go({ kind: 'place', workspace: team.room.slug, channel: channel.id }))
      .catch(sayProblem);
  };
  return (
    <Pane title={t('person.title')}>
      <div class="pane-in somebody">
        <Face id={props.who} name={team.name(props.who)} picture={pictureOf(team, props.who)} size={56} presence={team.presence(props.who)} />
        <div>
          <h3>
            <bdi>{team.name(props.who)}</bdi>
          </h3>
          <Show when={team.presence(props.who) !== 'unknown'}>
            <p class="mid">{t(`presence.${team.presence(props.who)}`)}</p>
          </Show>
        </div>
        <Show when={status()}>
          {(shown) => (
            <p dir="auto">
              {shown().emoji} {shown().text}
              <Show when={shown().until}>{(until) => <span class="dim"> {t('person.until', { time: time.short(until()) })}</span>}</Show>
            </p>
          )}
        </Show>
        <dl class="facts">
          <Show when={known()?.title}>
            {(title) => (
              <>
                <dt>{t('admin.people.title')}</dt>
                <dd dir="auto">{title()}</dd>
              </>
            )}
          </Show>
          <Show when={known() && known()?.role !== 'member' && known()?.role}>
            {(role) => (
              <>
                <dt>{t('admin.role')}</dt>
                <dd>{t(`role.${role()}`)}</dd>
              </>
            )}
          </Show>
          <Show when={known()?.time_zone}>
            {(zone) => (
              <>
                <dt>{t('person.time')}</dt>
                <dd>{time.clockIn(now(), zone())}</dd>
              </>
            )}
          </Show>
        </dl>
        <button class="btn go wide" onClick={write}>
          <Icon name="compose" size="s" />
          {props.who === team.me ? t('person.notebook') : t('person.write')}
        </button>
        <Show when={props.who === team.me}>
          <button class="btn wide" onClick={() => open('preferences')}>
            {t('you.preferences')}
          </button>
        </Show>
      </div>
    </Pane>
  );
};
