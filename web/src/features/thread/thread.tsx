/** A thread beside its channel: the root, its replies, a field of its own. */

import { createEffect, createMemo, createSignal, type JSX, on, Show } from 'solid-js';

import type { Channel, Message } from '../../api/wire';
import { go, route, sayProblem } from '../../model/app';
import { useTeam } from '../../model/team';
import { pendingIn } from '../../sync/outbox';
import { find } from '../../sync/runs';
import { threadKey } from '../../sync/state';
import type { Window } from '../../sync/engine';
import { t } from '../../texts';
import { Icon } from '../../ui/icon';
import { Composer } from '../composer/composer';
import { Widen } from '../panes/widen';
import { setEditing, useActs } from '../timeline/acts';
import { MessageList } from '../timeline/list';
import { MessageRow } from '../timeline/message';
import { Bones } from '../timeline/timeline';

export const closePane = (): void => {
  const now = route();
  if (now.kind === 'place') go({ ...now, thread: undefined, pane: undefined, who: undefined, reply: undefined });
};

export const Thread = (props: { channel: Channel; thread: number; target: number | undefined }): JSX.Element => {
  const team = useTeam();
  const { engine } = team;
  const key = (): string => threadKey(props.channel.id, props.thread);
  const run = createMemo(() => team.state().threads[key()]);
  const [root, setRoot] = createSignal<Message>();
  const [busy, setBusy] = createSignal(false);
  const known = createMemo(() => find(team.state().runs[props.channel.id], props.thread) ?? root());
  const pending = createMemo(() => pendingIn(team.view().outbox, props.channel.id, props.thread, team.me));
  const followed = createMemo(() => team.state().followed[key()]);
  const [newAfter, setNewAfter] = createSignal<number>();

  const load = async (window: Window): Promise<void> => {
    if (busy()) return;
    setBusy(true);
    try {
      const page = await engine.load(props.channel.id, props.thread, window);
      if (page.root) setRoot(page.root);
    } catch (error) {
      sayProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const isLive = createMemo(() => team.view().connection.kind === 'live');
  // The line stays where it was when the thread was opened, or when one came back to it.
  createEffect(
    on([key, isLive], () => {
      const seat = followed();
      setNewAfter(seat && seat.last > seat.read ? seat.read : undefined);
    }),
  );
  createEffect(
    on([key, isLive, run, followed], () => {
      const have = run();
      if (!have) void load(props.target === undefined ? { latest: true } : { around: props.target });
      else if (!have.atEnd) void load({ after: have.messages.at(-1)?.number ?? 0 });
    }),
  );
  const acts = useActs(() => undefined);
  const lastMine = (): void => {
    const mine = run()?.messages.findLast((message) => message.author === team.me && !message.deleted);
    if (mine) setEditing(mine);
  };
  return (
    <aside class="pane" aria-label={t('thread.title')}>
      <header class="bar">
        <button class="ib back" aria-label={t('thread.close')} onClick={closePane}>
          <Icon name="left" flip />
        </button>
        <h2>{t('thread.title')}</h2>
        <span class="dim cut">
          <bdi>{team.place(props.channel)}</bdi>
        </span>
        <div class="tools">
          <button
            class="ib"
            classList={{ on: followed() !== undefined }}
            aria-pressed={followed() !== undefined}
            aria-label={followed() ? t('message.unfollow') : t('message.follow')}
            onClick={() => {
              const message = known();
              if (message) acts.follow(message, followed() === undefined);
            }}
          >
            <Icon name={followed() ? 'bell' : 'belloff'} />
          </button>
          <Widen />
          <button class="ib hide-phone" aria-label={t('thread.close')} onClick={closePane}>
            <Icon name="x" />
          </button>
        </div>
      </header>
      <Show when={run()} fallback={<Bones />}>
        {(have) => (
          <MessageList
            label={t('thread.title')}
            place={key()}
            messages={have().messages}
            pending={have().atEnd ? pending() : []}
            atStart={have().atStart}
            atEnd={have().atEnd}
            me={team.me}
            knownDay={known()?.at}
            newAfter={newAfter()}
            target={props.target}
            loading={busy()}
            older={() => void load({ before: have().messages[0]?.number ?? 1 })}
            newer={() => void load({ after: have().messages.at(-1)?.number ?? 0 })}
            latest={() => void load({ latest: true })}
            seen={(number) => number > 0 && engine.read(props.channel.id, props.thread, number)}
            acts={useActs}
            inThread
            intro={
              <Show when={known()}>
                {(message) => (
                  <div class="root">
                    <MessageRow message={message()} grouped={false} acts={acts} inThread />
                    <article class="day">{t('message.replies', { count: message().replies?.count ?? have().messages.length })}</article>
                  </div>
                )}
              </Show>
            }
          />
        )}
      </Show>
      <Composer channel={props.channel} thread={props.thread} lastMine={lastMine} />
    </aside>
  );
};
