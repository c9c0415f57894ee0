/** Where a part stands that is fetched when it is first wanted. One that cannot be had says so, and the rest of the page goes on. */

import { ErrorBoundary, type JSX, Show, Suspense } from 'solid-js';

import { t } from '../texts';
import { Dialog } from './dialog';

const Ways = (props: { again: () => void }): JSX.Element => (
  <>
    {/* After a new version the part may be there under another name only. */}
    <button class="btn" onClick={() => location.reload()}>
      {t('app.reload')}
    </button>
    <button class="btn go" autofocus onClick={() => props.again()}>
      {t('app.again')}
    </button>
  </>
);

const Lost = (props: { again: () => void; close: (() => void) | undefined }): JSX.Element => (
  <Show
    when={props.close}
    fallback={
      <div class="empty" role="alert">
        <h3>{t('app.part')}</h3>
        <p>{t('app.part.hint')}</p>
        <div class="row many">
          <Ways again={props.again} />
        </div>
      </div>
    }
  >
    {(close) => (
      <Dialog
        title={t('app.part')}
        close={() => {
          close()();
          props.again();
        }}
      >
        <div class="dialog-body">
          <p>{t('app.part.hint')}</p>
          <div class="dialog-acts">
            <Ways again={props.again} />
          </div>
        </div>
      </Dialog>
    )}
  </Show>
);

export const Part = (props: {
  /** What is seen until it is here. */
  waiting?: JSX.Element;
  /** For what lies over the page: gives up on it. */
  close?: () => void;
  children: JSX.Element;
}): JSX.Element => (
  <ErrorBoundary
    fallback={(error: unknown, again) => {
      console.error(error);
      return <Lost again={again} close={props.close} />;
    }}
  >
    <Suspense fallback={props.waiting}>{props.children}</Suspense>
  </ErrorBoundary>
);
