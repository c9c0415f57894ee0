/** The line between two parts of the page: moved by hand or by arrows, back as it was by two clicks. */

import type { JSX } from 'solid-js';

import { keepWidth, type Part, widen, WIDTHS, widthOf } from '../../model/widths';
import { t } from '../../texts';

const STEP_PX = 16;

const isRtl = (): boolean => document.documentElement.dir === 'rtl';

/** The part lies before the line, or behind it. */
const GROWS: Readonly<Record<Part, 1 | -1>> = { side: 1, pane: -1 };

export const Grip = (props: { part: Part }): JSX.Element => {
  let from: { x: number; wide: number } | undefined;
  const sign = (): number => GROWS[props.part] * (isRtl() ? -1 : 1);
  const letGo = (): void => {
    if (!from) return;
    from = undefined;
    keepWidth(props.part);
  };
  const pressed = (event: KeyboardEvent): void => {
    const { least, most } = WIDTHS[props.part];
    const step = { ArrowRight: STEP_PX, ArrowLeft: -STEP_PX }[event.key];
    const to = { Home: least, End: most }[event.key] ?? (step === undefined ? undefined : widthOf(props.part) + step * sign());
    if (to === undefined) return;
    event.preventDefault();
    widen(props.part, to);
    keepWidth(props.part);
  };
  return (
    <div
      class={`grip at-${props.part}`}
      role="separator"
      aria-orientation="vertical"
      tabindex="0"
      aria-label={t(`grip.${props.part}`)}
      aria-valuenow={widthOf(props.part)}
      aria-valuemin={WIDTHS[props.part].least}
      aria-valuemax={WIDTHS[props.part].most}
      onKeyDown={pressed}
      onDblClick={() => {
        widen(props.part, WIDTHS[props.part].usual);
        keepWidth(props.part);
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from = { x: event.clientX, wide: widthOf(props.part) };
      }}
      onPointerMove={(event) => from && widen(props.part, from.wide + (event.clientX - from.x) * sign())}
      onPointerUp={letGo}
      onLostPointerCapture={letGo}
    />
  );
};
