/** How the line is, in words, pushed under the bar; a live line shows nothing. */

import { createEffect, createMemo, createSignal, type JSX, Match, on, onCleanup, Switch } from 'solid-js';

import { go } from '../../model/app';
import { useTeam } from '../../model/team';
import * as time from '../../model/time';
import { renew } from '../../model/worker';
import { isReadOnly } from '../../sync/outbox';
import { t } from '../../texts';
import { Icon } from '../../ui/icon';

const QUIET_MS = 2_000;
const OFFLINE_MS = 15_000;
const BACK_MS = 3_000;
/** Most of the time it is done before anybody could read of it. */
const LATE_MS = 500;

export const Strip = (): JSX.Element => {
  const team = useTeam();
  const line = createMemo(() => team.view().connection);
  const waiting = (): number => team.view().outbox.filter((one) => one.progress.kind !== 'failed').length;
  const [now, setNow] = createSignal(Date.now());
  const timer = setInterval(() => setNow(Date.now()), 1_000);
  onCleanup(() => clearInterval(timer));
  const [isBack, setBack] = createSignal(false);
  let hadWaiting = false;
  createEffect(
    on(line, (fresh, before) => {
      if (fresh.kind !== 'live') {
        hadWaiting ||= waiting() > 0;
        return;
      }
      if (before && before.kind !== 'live' && hadWaiting) {
        hadWaiting = false;
        setBack(true);
        setTimeout(() => setBack(false), BACK_MS);
      }
    }),
  );
  const since = (): number | undefined => {
    const known = line();
    return known.kind === 'reconnecting' ? known.since : undefined;
  };
  const isOffline = (): boolean => !navigator.onLine || now() - (since() ?? now()) > OFFLINE_MS;
  const behind = createMemo(() => team.view().behind);
  const [isLate, setLate] = createSignal(false);
  createEffect(
    on(createMemo(() => behind() > 0), (is) => {
      setLate(false);
      if (!is) return;
      const timer = setTimeout(() => setLate(true), LATE_MS);
      onCleanup(() => clearTimeout(timer));
    }),
  );
  const left = (): number => {
    const known = line();
    return known.kind === 'waiting' ? Math.max(1, Math.ceil((known.until - now()) / 1000)) : 0;
  };
  const over = () => {
    const known = line();
    return known.kind === 'over' ? known.why : undefined;
  };
  return (
    <div role="status">
      <Switch>
        <Match when={over() === 'signed-out'}>
          <div class="strip bad">
            <Icon name="warn" />
            {t('strip.signedout')}
            <button onClick={() => go({ kind: 'sign-in', to: location.pathname })}>{t('door.signin')}</button>
          </div>
        </Match>
        <Match when={over() === 'version'}>
          <div class="strip warn">
            {t('strip.version')}
            <button onClick={() => void renew()}>{t('strip.reload')}</button>
          </div>
        </Match>
        <Match when={over() === 'not-a-member'}>
          <div class="strip bad">
            <Icon name="lock" />
            {t('strip.notmember')}
          </div>
        </Match>
        <Match when={line().kind === 'waiting'}>
          <div class="strip warn">
            <Icon name="clock" />
            {t('strip.waiting', { seconds: left() })}
          </div>
        </Match>
        <Match when={since() !== undefined && isOffline()}>
          <div class="strip warn">
            <Icon name="cloud" />
            {t('strip.offline', { time: time.clock(since() ?? now()), count: waiting() })}
            <button onClick={() => team.again()}>{t('strip.try')}</button>
          </div>
        </Match>
        <Match when={since() !== undefined && now() - (since() ?? now()) > QUIET_MS}>
          <div class="strip info">
            <span class="spin" aria-hidden="true" />
            {t('strip.reconnecting')}
          </div>
        </Match>
        <Match when={isLate()}>
          <div class="strip info">
            <span class="spin" aria-hidden="true" />
            {t('strip.behind', { count: behind() })}
          </div>
        </Match>
        <Match when={isReadOnly(team.view().outbox)}>
          <div class="strip warn">
            <Icon name="eye" />
            {t('strip.readonly')}
          </div>
        </Match>
        <Match when={isBack()}>
          <div class="strip good">
            <Icon name="ok" />
            {t('strip.back')}
          </div>
        </Match>
      </Switch>
    </div>
  );
};
