/** A place where nothing is yet: what it is, and one next step. */

import { type JSX, Show } from 'solid-js';

const Nest = (): JSX.Element => (
  <svg class="nest" width="72" height="44" viewBox="0 0 72 44" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" aria-hidden="true">
    <path d="M8 20c4 14 14 20 28 20s24-6 28-20M4 18c10 6 22 8 34 7M68 17c-9 6-20 9-32 9M14 28c12 6 30 6 44-1M20 34c10 4 22 4 32-1" />
    <path class="eggs" d="M27 22c0-6 3-11 7-11s7 5 7 11M41 21c1-5 3-8 6-8s6 4 6 8" />
  </svg>
);

export const Empty = (props: { title: string; hint?: string | undefined; children?: JSX.Element }): JSX.Element => (
  <article class="empty">
    <Nest />
    <h3>{props.title}</h3>
    <Show when={props.hint}>
      <p>{props.hint}</p>
    </Show>
    {props.children}
  </article>
);
