/** For what cannot be undone, and for forms. The safe choice is focused. */

import { createUniqueId, type JSX } from 'solid-js';
import { Portal } from 'solid-js/web';

import { t } from '../texts';
import { trapFocus } from './focus';
import { Icon } from './icon';

export const Dialog = (props: { title: string; close: () => void; children: JSX.Element; wide?: boolean }): JSX.Element => {
  const id = createUniqueId();
  let box: HTMLDivElement | undefined;
  const Inside = (): JSX.Element => {
    trapFocus(() => box, () => props.close());
    return (
      <div ref={box} class="dialog" classList={{ wide: props.wide }} role="dialog" aria-modal="true" aria-labelledby={id}>
        <header class="dialog-head">
          <h2 id={id}>{props.title}</h2>
          <button class="ib" aria-label={t('pane.close')} onClick={() => props.close()}>
            <Icon name="x" />
          </button>
        </header>
        {props.children}
      </div>
    );
  };
  return (
    <Portal>
      <div
        class="veil"
        onPointerDown={(event) => {
          if (event.target === event.currentTarget) props.close();
        }}
      >
        <Inside />
      </div>
    </Portal>
  );
};

export const Sure = (props: {
  title: string;
  lead: string;
  /** What it is about, as it stands. */
  children?: JSX.Element;
  act: string;
  run: () => void;
  close: () => void;
}): JSX.Element => (
  <Dialog title={props.title} close={props.close}>
    <div class="dialog-body">
      <p>{props.lead}</p>
      {props.children}
      <div class="dialog-acts">
        <button class="btn" autofocus onClick={() => props.close()}>
          {t('dialog.cancel')}
        </button>
        <button
          class="btn bad"
          onClick={() => {
            props.run();
            props.close();
          }}
        >
          {props.act}
        </button>
      </div>
    </div>
  </Dialog>
);
