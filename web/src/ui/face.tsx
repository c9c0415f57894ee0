/** A person's face: their picture, or two letters on a hue of their own; with a shape for presence. */

import { type JSX, Show } from 'solid-js';

import type { FaceState } from '../api/wire';
import { hueOf, initialsOf } from '../model/people';

export type Presence = FaceState | 'dnd';

export const Face = (props: {
  id: string;
  name: string;
  picture?: string | undefined;
  size?: 20 | 24 | 28 | 56;
  presence?: Presence | undefined;
  letters?: string;
}): JSX.Element => (
  <span
    class="av"
    classList={{ [`a${props.size}`]: props.size !== undefined }}
    style={{ '--h': String(hueOf(props.id)) }}
    aria-hidden="true"
  >
    <Show when={props.picture} fallback={props.letters ?? initialsOf(props.name)}>
      {(source) => <img src={source()} alt="" width="36" height="36" loading="lazy" decoding="async" />}
    </Show>
    <Show when={props.presence && props.presence !== 'off'}>
      <i
        class="pres"
        classList={{
          away: props.presence === 'away',
          dnd: props.presence === 'dnd',
          unknown: props.presence === 'unknown',
        }}
      />
    </Show>
  </span>
);
