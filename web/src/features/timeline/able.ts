/** What one may do with a message; the server judges it again. */

import type { Message } from '../../api/wire';
import type { Team } from '../../model/team';
import { threadKey } from '../../sync/state';
import { subjectOf } from './acts';

export interface Able {
  /** A reply's row in the timeline stands for the reply. */
  shown: Message;
  react: boolean;
  reply: boolean;
  edit: boolean;
  drop: boolean;
  isMine: boolean;
  isSaved: boolean;
  follows: boolean;
}

const moderates = (team: Team, message: Message): boolean => {
  const channel = team.channel(message.channel);
  if (!channel || channel.kind === 'direct') return false;
  return team.state().places[channel.id]?.role === 'manager' || ['owner', 'admin'].includes(team.room.role);
};

export const actsOn = (team: Team, message: Message): Able => {
  const shown = message.reply ?? message;
  const { kept, followed } = team.state();
  const isMine = shown.author === team.me;
  const stands = !shown.system && !shown.deleted;
  const thread = shown.thread === 0 ? shown.number : shown.thread;
  return {
    shown,
    isMine,
    react: stands,
    reply: stands,
    edit: stands && isMine,
    drop: stands && (isMine || moderates(team, shown)),
    isSaved: kept['saved']?.[subjectOf(shown)] !== undefined,
    follows: followed[threadKey(shown.channel, thread)] !== undefined,
  };
};
