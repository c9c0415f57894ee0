/** One row of a timeline, whatever stands in it: a day, the "new" line, what is not loaded, a message. */

import { type JSX, Show } from 'solid-js';

import type { Row } from '../../model/rows';
import * as time from '../../model/time';
import { t } from '../../texts';
import { Icon } from '../../ui/icon';
import type { Acts } from './acts';
import { MessageRow } from './message';

export const Day = (props: { at: string; jump?: (() => void) | undefined; isStop?: boolean }): JSX.Element => (
  <Show when={props.jump} fallback={<span>{time.day(props.at)}</span>}>
    <button title={t('timeline.jump')} tabindex={props.isStop === false ? -1 : undefined} onClick={() => props.jump?.()}>
      {time.day(props.at)}
      <Icon name="down" size="x" />
    </button>
  </Show>
);

export interface LineProps {
  row: Row;
  index: number;
  acts: Acts;
  lit: number | undefined;
  isStop: boolean;
  jump?: (() => void) | undefined;
  load?: (() => void) | undefined;
  inThread?: boolean | undefined;
}

/** A key stands for one kind of row, always: what is chosen here is chosen once. */
export const Line = (props: LineProps): JSX.Element => {
  switch (props.row.kind) {
    case 'message':
      return <Said {...props} />;
    case 'day':
      return <DayLine {...props} />;
    case 'new':
      return <div class="new">{t('timeline.new')}</div>;
    case 'gap':
      return <GapLine {...props} />;
  }
};

const Said = (props: LineProps): JSX.Element => {
  const row = () => props.row as Extract<Row, { kind: 'message' }>;
  return (
    <MessageRow
      message={row().message}
      grouped={row().grouped}
      pending={row().pending}
      lit={props.lit === row().message.number}
      acts={props.acts}
      position={props.index + 1}
      isStop={props.isStop}
      inThread={props.inThread ?? false}
    />
  );
};

const DayLine = (props: LineProps): JSX.Element => {
  const at = (): string => (props.row as Extract<Row, { kind: 'day' }>).at;
  return (
    <article class="day" aria-label={time.day(at())}>
      <Day at={at()} jump={props.jump} />
    </article>
  );
};

const GapLine = (props: LineProps): JSX.Element => {
  const row = () => props.row as Extract<Row, { kind: 'gap' }>;
  return (
    <article class="day gap">
      <span>{t(`timeline.gap.${row().side}`, { date: time.date(row().at) })}</span>
      <button onClick={() => props.load?.()}>{t('timeline.gap.load')}</button>
    </article>
  );
};
