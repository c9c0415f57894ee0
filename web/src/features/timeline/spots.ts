/** Where one stopped reading in each list, for as long as this page is open; who left at the end comes back to the end. */

export interface Spot {
  /** The first message that was seen. */
  number: number;
  /** How much of it had gone out of sight, in pixels. */
  offset: number;
}

const spots = new Map<string, Spot>();

export const spotOf = (place: string): Spot | undefined => spots.get(place);

export const keepSpot = (place: string, spot: Spot | undefined): void => {
  if (spot) spots.set(place, spot);
  else spots.delete(place);
};
