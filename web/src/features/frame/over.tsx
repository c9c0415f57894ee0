/** What lies over the page, each part loaded when it is first opened. */

import { createEffect, type JSX, lazy, Match, Switch } from 'solid-js';

import { go } from '../../model/app';
import { useTeam } from '../../model/team';
import { Part } from '../../ui/part';
import { close, over } from './open';

const Switcher = lazy(() => import('../switcher/switcher').then((module) => ({ default: module.Switcher })));
const NewDirect = lazy(() => import('../over/new-direct').then((module) => ({ default: module.NewDirect })));
const CreateChannel = lazy(() => import('../over/create-channel').then((module) => ({ default: module.CreateChannel })));
const NewSection = lazy(() => import('../over/new-section').then((module) => ({ default: module.NewSection })));
const JumpToDate = lazy(() => import('../over/jump-to-date').then((module) => ({ default: module.JumpToDate })));
const AddWorkspace = lazy(() => import('../over/add-workspace').then((module) => ({ default: module.AddWorkspace })));
const Keys = lazy(() => import('../over/key-sheet').then((module) => ({ default: module.Keys })));
const Preferences = lazy(() => import('../preferences/preferences').then((module) => ({ default: module.Preferences })));

export const Over = (): JSX.Element => {
  const team = useTeam();
  // Two of them are pages of their own.
  createEffect(() => {
    const what = over();
    if (what === 'admin') go({ kind: 'admin', workspace: team.room.slug, page: 'people' });
    else if (what === 'browse') go({ kind: 'list', workspace: team.room.slug, list: 'browse' });
    else return;
    close();
  });
  return (
    <Part close={close}>
      <Switch>
        <Match when={over() === 'switcher'}>
          <Switcher close={close} />
        </Match>
        <Match when={over() === 'direct'}>
          <NewDirect close={close} />
        </Match>
        <Match when={over() === 'create'}>
          <CreateChannel close={close} />
        </Match>
        <Match when={over() === 'section'}>
          <NewSection close={close} />
        </Match>
        <Match when={over() === 'date'}>
          <JumpToDate close={close} />
        </Match>
        <Match when={over() === 'workspace'}>
          <AddWorkspace close={close} />
        </Match>
        <Match when={over() === 'keys'}>
          <Keys close={close} />
        </Match>
        <Match when={over() === 'preferences'}>
          <Preferences close={close} />
        </Match>
      </Switch>
    </Part>
  );
};
