/** What a channel is about, and what may be done with it as a whole. */

import { createSignal, For, type JSX, Show } from 'solid-js';

import type { Channel } from '../../api/wire';
import { sayProblem } from '../../model/app';
import { keepAtOnce } from '../../model/kept';
import { LEVELS, levelIn } from '../../model/ring';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Icon, type IconName } from '../../ui/icon';
import { openPane } from '../frame/bar';
import { Pane } from './pane';

type Field = 'topic' | 'purpose' | 'name';

const Line = (props: { channel: Channel; field: Field; label: string; may: boolean }): JSX.Element => {
  const team = useTeam();
  const [text, setText] = createSignal<string>();
  const save = (): void => {
    const value = text();
    setText(undefined);
    if (value === undefined || value === props.channel[props.field]) return;
    team.face.changeChannel(props.channel.id, { [props.field]: value }).catch(sayProblem);
  };
  return (
    <div class="field">
      <label for={`channel-${props.field}`}>{props.label}</label>
      <Show when={props.may} fallback={<p dir="auto">{props.channel[props.field] || t('details.none')}</p>}>
        <input
          id={`channel-${props.field}`}
          class="input sm"
          dir="auto"
          value={text() ?? props.channel[props.field]}
          placeholder={t('details.none')}
          onInput={(event) => setText(event.currentTarget.value)}
          onBlur={save}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.isComposing) event.currentTarget.blur();
            if (event.key === 'Escape') {
              event.stopPropagation();
              setText(undefined);
            }
          }}
        />
      </Show>
    </div>
  );
};

/** What rings of this channel; the choice for all holds where none is made. */
const Rings = (props: { channel: Channel }): JSX.Element => {
  const team = useTeam();
  const level = () => levelIn(team.state().kept, props.channel.id) ?? '';
  const choose = (to: string): void => {
    const { id } = props.channel;
    keepAtOnce(team, 'notify', id, to || null, () => (to ? team.face.keep('notify', id, to) : team.face.drop('notify', id)));
  };
  return (
    <div class="field">
      <label for="channel-rings">{t('notify.here')}</label>
      <select id="channel-rings" class="input sm" onChange={(event) => choose(event.currentTarget.value)}>
        <option value="" selected={level() === ''}>
          {t('notify.asall')}
        </option>
        <For each={LEVELS}>
          {(one) => (
            <option value={one} selected={level() === one}>
              {t(`notify.${one}`)}
            </option>
          )}
        </For>
      </select>
    </div>
  );
};

const Row = (props: { icon: IconName; go: () => unknown; further?: boolean; children: JSX.Element }): JSX.Element => (
  <button class="mi" onClick={() => props.go()}>
    <Icon name={props.icon} />
    {props.children}
    <Show when={props.further}>
      <span class="push dim">
        <Icon name="right" size="x" flip />
      </span>
    </Show>
  </button>
);

export const Details = (props: { channel: Channel }): JSX.Element => {
  const team = useTeam();
  const { face } = team;
  const isDirect = (): boolean => props.channel.kind === 'direct';
  const seat = () => team.state().places[props.channel.id];
  const moderates = (): boolean => seat()?.role === 'manager' || ['owner', 'admin'].includes(team.room.role);
  const change = (body: Parameters<typeof face.changeChannel>[1]): void => {
    face.changeChannel(props.channel.id, body).catch(sayProblem);
  };
  const archived = (): boolean => props.channel.state === 'archived';
  return (
    <Pane title={t('details.title')}>
      <div class="pane-in">
        <Show when={!isDirect()} fallback={<p>{team.title(props.channel)}</p>}>
          <Line channel={props.channel} field="name" label={t('create.name')} may={moderates()} />
          <Line channel={props.channel} field="topic" label={t('details.topic')} may={seat() !== undefined} />
          <Line channel={props.channel} field="purpose" label={t('details.purpose')} may={seat() !== undefined} />
        </Show>
        <Show when={seat()}>
          <Rings channel={props.channel} />
        </Show>
        <div class="rows">
          <Row icon="people" go={() => openPane('members')} further>
            {t('bar.members', { count: props.channel.members })}
          </Row>
          <Row icon="pin" go={() => openPane('pins')} further>
            {t('bar.pins', { count: props.channel.pins })}
          </Row>
        </div>
        <Show when={!isDirect()}>
          <Show when={moderates()}>
            <hr class="rule" />
            <label class="check">
              <input type="checkbox" checked={props.channel.posting === 'admins'} onChange={(event) => change({ posting: event.currentTarget.checked ? 'admins' : 'everyone' })} />
              {t('details.posting')}
            </label>
          </Show>
          <Show when={['owner', 'admin'].includes(team.room.role) && props.channel.kind === 'public'}>
            <label class="check">
              <input type="checkbox" checked={props.channel.default} onChange={(event) => change({ default: event.currentTarget.checked })} />
              {t('details.default')}
            </label>
          </Show>
          <hr class="rule" />
          <div class="rows">
            <Show when={seat()}>
              <Row icon="x" go={() => face.leave(props.channel.id, 'me').catch(sayProblem)}>
                {t('details.leave')}
              </Row>
            </Show>
            <Show when={moderates() && props.channel.kind === 'public'}>
              <Row icon="lock" go={() => change({ kind: 'private' })}>
                {t('details.private')}
              </Row>
            </Show>
            <Show when={moderates()}>
              <Row icon="box" go={() => face.archive(props.channel.id, !archived()).catch(sayProblem)}>
                {archived() ? t('details.restore') : t('details.archive')}
              </Row>
            </Show>
          </div>
        </Show>
      </div>
    </Pane>
  );
};
