/** How a text's names are drawn in the open workspace. */

import { write } from '../../model/route';
import { useTeam } from '../../model/team';
import type { Names } from '../../ui/prose';

export const useNames = (): Names => {
  const team = useTeam();
  return {
    me: team.me,
    person: (account) => team.name(account),
    channel: (id) => {
      const channel = team.channel(id);
      if (!channel) return undefined;
      return { name: team.title(channel), href: write({ kind: 'place', workspace: team.room.slug, channel: id }) };
    },
  };
};
