import type { Team } from '../../model/team';

/** Where somebody's picture is served, where they have one. */
export const pictureOf = (team: Team, account: string): string | undefined => {
  const digest = team.people()[account]?.picture;
  return digest ? team.face.pictureOf(digest) : undefined;
};
