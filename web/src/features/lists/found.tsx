/** A message away from its channel: where it stands, who said it, and a way there. */

import { type JSX, Show } from 'solid-js';

import type { Message, People } from '../../api/wire';
import { write } from '../../model/route';
import { useTeam } from '../../model/team';
import * as time from '../../model/time';
import { t } from '../../texts';
import { Face } from '../../ui/face';
import { Prose } from '../../ui/prose';
import { useNames } from '../frame/names';

export const FoundMessage = (props: { message: Message; people: People }): JSX.Element => {
  const team = useTeam();
  const names = useNames();
  const person = () => team.people()[props.message.author] ?? props.people[props.message.author];
  const name = (): string => person()?.name || t('person.unknown');
  const channel = () => team.channel(props.message.channel);
  const href = (): string => {
    const { channel: id, thread, number } = props.message;
    const place = thread > 0 ? { number: thread, reply: number, thread } : { number };
    return write({ kind: 'place', workspace: team.room.slug, channel: id, ...place });
  };
  return (
    <article class="found">
      <a class="found-place" href={href()}>
        <bdi>{channel() ? team.title(channel() as never) : t('app.notfound')}</bdi>
        <time dateTime={props.message.at}>{time.short(props.message.at)}</time>
      </a>
      <div class="msg">
        <div class="gut">
          <Face id={props.message.author} name={name()} picture={person()?.picture ? team.face.pictureOf(person()?.picture ?? '') : undefined} />
        </div>
        <div class="bod">
          <div class="who">
            <b>
              <bdi>{name()}</bdi>
            </b>
          </div>
          <Show when={!props.message.deleted} fallback={<div class="txt gone">{t('message.deleted')}</div>}>
            <div class="txt" dir="auto">
              <Prose text={props.message.text} names={names} />
            </div>
          </Show>
        </div>
      </div>
    </article>
  );
};
