import { createMemo, type JSX, Show } from 'solid-js';

import { useTeam } from '../../model/team';
import { t } from '../../texts';

/** Who is typing here; its line is always there, so nothing moves. */
export const TypingLine = (props: { channel: string; thread: number }): JSX.Element => {
  const team = useTeam();
  const names = createMemo(() =>
    team
      .view()
      .typing.filter((one) => one.channel === props.channel && one.thread === props.thread && one.account !== team.me)
      .map((one) => team.name(one.account)),
  );
  const words = (): string => {
    const [a = '', b = ''] = names();
    if (names().length === 1) return t('typing.one', { a });
    if (names().length === 2) return t('typing.two', { a, b });
    return t('typing.many', { a, b, count: names().length - 2 });
  };
  return (
    <Show when={names().length > 0}>
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span>{words()}</span>
    </Show>
  );
};
