import { createResource, For, type JSX, Show } from 'solid-js';

import { account } from '../../api/faces';
import { deviceOf } from '../../model/agent';
import { sayProblem } from '../../model/app';
import * as time from '../../model/time';
import { t } from '../../texts';

export const Devices = (): JSX.Element => {
  const [devices, { refetch }] = createResource(account.devices);
  const end = (id: string): void => {
    account.endDevice(id).then(() => refetch(), sayProblem);
  };
  return (
    <ul class="pane-in">
      <For each={devices.error ? [] : devices.latest?.items}>
        {(device) => (
          <li class="row found">
            <div class="cut">
              <div class="cut" title={device.agent}>{deviceOf(device.agent) || device.address}</div>
              <div class="dim">
                {device.address} · {t('prefs.devices.seen', { time: time.short(device.seen) })}
              </div>
            </div>
            <Show when={!device.current} fallback={<span class="tag good push">{t('prefs.devices.this')}</span>}>
              <button class="btn sm push" onClick={() => end(device.id)}>
                {t('prefs.devices.end')}
              </button>
            </Show>
          </li>
        )}
      </For>
    </ul>
  );
};
