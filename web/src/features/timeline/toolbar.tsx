/** The acts at a message's top end: mounted once a list, and moved to whichever is pointed at. */

import { createMemo, createSignal, type JSX, Show } from 'solid-js';

import type { Message } from '../../api/wire';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { useRoving } from '../../ui/focus';
import { Icon } from '../../ui/icon';
import { type Choice, MenuButton } from '../../ui/menu';
import { type Act, keysFor, shownKeys } from '../../model/keys';
import { actsOn } from './able';
import type { Acts } from './acts';

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
  const roving = useRoving(QUICK[0]);
  const top = (): number => {
    const box = props.within?.getBoundingClientRect();
    return box ? Math.max(2, props.at.getBoundingClientRect().top - box.top - 15) : 0;
  };
  const able = createMemo(() => actsOn(team, props.message));
  const choices = (): Choice[] => {
    const { shown: message, follows, isMine, edit, drop } = able();
    const { acts } = props;
    const keys = (act: Act): string => shownKeys(keysFor(team.state().kept, act));
    const list: Choice[] = [
      { label: t('message.quote'), icon: 'reply', keys: keys('quote'), run: () => acts.quote(message) },
      { label: t('message.link'), icon: 'link', keys: keys('link'), run: () => acts.link(message) },
      { label: t('message.unread'), icon: 'eye', keys: keys('unread'), run: () => acts.unread(props.message) },
      { label: follows ? t('message.unfollow') : t('message.follow'), icon: 'bell', run: () => acts.follow(message, !follows) },
      { label: message.pinned ? t('message.unpin') : t('message.pin'), icon: 'pin', keys: keys('pin'), run: () => acts.pin(message, !message.pinned) },
    ];
    if (edit) list.push({ label: t('message.edit'), icon: 'edit', keys: keys('edit'), apart: true, run: () => acts.edit(message) });
    if (drop) {
      list.push({ label: t('message.delete'), icon: 'trash', bad: true, keys: keys('drop'), apart: !isMine, run: () => acts.drop(message) });
    }
    return list;
  };
  return (
    <Show when={able().react}>
      <div
        class="acts"
        role="toolbar"
        aria-label={t('message.actions')}
        style={{ 'inset-block-start': `${top()}px` }}
        onFocusIn={(event) => {
          setHeld(true);
          roving.focused(event);
        }}
        onKeyDown={roving.pressed}
        onFocusOut={() => setHeld(false)}
        data-held={held()}
      >
        {QUICK.map((emoji) => (
          <button class="ib sm" {...roving.stop(emoji)} aria-label={`${t('message.react')} ${emoji}`} onClick={() => props.acts.react(able().shown, emoji, true)}>
            <span class="e">{emoji}</span>
          </button>
        ))}
        <button class="ib sm" {...roving.stop('react')} aria-label={t('message.react')} onClick={(event) => props.acts.pick(able().shown, event.currentTarget)}>
          <Icon name="smile" />
        </button>
        <hr />
        <Show when={!props.inThread}>
          <button class="ib sm" {...roving.stop('reply')} aria-label={t('message.reply')} onClick={() => props.acts.thread(able().shown)}>
            <Icon name="thread" />
          </button>
        </Show>
        <button
          class="ib sm"
          {...roving.stop('save')}
          classList={{ on: able().isSaved }}
          aria-pressed={able().isSaved}
          aria-label={able().isSaved ? t('message.unsave') : t('message.save')}
          onClick={() => props.acts.save(able().shown, !able().isSaved)}
        >
          <Icon name="save" />
        </button>
        <MenuButton label={t('message.more')} class="ib sm" stop={roving.stop('more')} choices={choices}>
          <Icon name="more" />
        </MenuButton>
      </div>
    </Show>
  );
};
