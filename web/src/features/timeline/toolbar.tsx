/** The acts at a message's top end: mounted once a list, and moved to whichever is pointed at. */

import { createMemo, createSignal, type JSX, Show } from 'solid-js';

import type { Message } from '../../api/wire';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Icon } from '../../ui/icon';
import { type Choice, MenuButton } from '../../ui/menu';
import { threadKey } from '../../sync/state';
import { type Acts, subjectOf } from './acts';

const QUICK = ['👍', '✅'] as const;

export const Toolbar = (props: {
  message: Message;
  at: HTMLElement;
  within: HTMLElement | undefined;
  acts: Acts;
  inThread: boolean;
}): JSX.Element => {
  const team = useTeam();
  const [held, setHeld] = createSignal(false);
  const shown = createMemo(() => props.message.reply ?? props.message);
  const top = (): number => {
    const box = props.within?.getBoundingClientRect();
    return box ? Math.max(2, props.at.getBoundingClientRect().top - box.top - 15) : 0;
  };
  const isSaved = (): boolean => team.state().kept['saved']?.[subjectOf(shown())] !== undefined;
  const isMine = (): boolean => shown().author === team.me;
  const moderates = (): boolean => {
    const channel = team.channel(shown().channel);
    if (!channel || channel.kind === 'direct') return false;
    return team.state().places[channel.id]?.role === 'manager' || ['owner', 'admin'].includes(team.room.role);
  };
  const follows = (): boolean => {
    const thread = shown().thread === 0 ? shown().number : shown().thread;
    return team.state().followed[threadKey(shown().channel, thread)] !== undefined;
  };
  const choices = (): Choice[] => {
    const message = shown();
    const { acts } = props;
    const list: Choice[] = [
      { label: t('message.link'), icon: 'link', keys: 'L', run: () => acts.link(message) },
      { label: t('message.unread'), icon: 'eye', keys: 'U', run: () => acts.unread(props.message) },
      { label: follows() ? t('message.unfollow') : t('message.follow'), icon: 'bell', run: () => acts.follow(message, !follows()) },
      { label: message.pinned ? t('message.unpin') : t('message.pin'), icon: 'pin', keys: 'P', run: () => acts.pin(message, !message.pinned) },
    ];
    if (isMine()) list.push({ label: t('message.edit'), icon: 'edit', keys: 'E', apart: true, run: () => acts.edit(message) });
    if (isMine() || moderates()) {
      list.push({ label: t('message.delete'), icon: 'trash', bad: true, apart: !isMine(), run: () => acts.drop(message) });
    }
    return list;
  };
  return (
    <Show when={!props.message.system && !shown().deleted}>
      <div
        class="acts"
        role="toolbar"
        aria-label={t('message.actions')}
        style={{ 'inset-block-start': `${top()}px` }}
        onFocusIn={() => setHeld(true)}
        onFocusOut={() => setHeld(false)}
        data-held={held()}
      >
        {QUICK.map((emoji) => (
          <button class="ib sm" aria-label={`${t('message.react')} ${emoji}`} onClick={() => props.acts.react(shown(), emoji, true)}>
            <span class="e">{emoji}</span>
          </button>
        ))}
        <button class="ib sm" aria-label={t('message.react')} onClick={(event) => props.acts.pick(shown(), event.currentTarget)}>
          <Icon name="smile" />
        </button>
        <hr />
        <Show when={!props.inThread}>
          <button class="ib sm" aria-label={t('message.reply')} onClick={() => props.acts.thread(shown())}>
            <Icon name="thread" />
          </button>
        </Show>
        <button
          class="ib sm"
          classList={{ on: isSaved() }}
          aria-pressed={isSaved()}
          aria-label={isSaved() ? t('message.unsave') : t('message.save')}
          onClick={() => props.acts.save(shown(), !isSaved())}
        >
          <Icon name="save" />
        </button>
        <MenuButton label={t('message.more')} class="ib sm" choices={choices}>
          <Icon name="more" />
        </MenuButton>
      </div>
    </Show>
  );
};
