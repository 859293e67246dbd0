import type { Person } from './people.ts';

/** Where in Teams a rotation is told: opaque to everything but the Teams adapter. */
export type Place = Readonly<{ conversation: string; serviceUrl: string; tenantId: string }>;

export type Request = Readonly<{
  /** The account as it was typed: `name`, `group/name` or `subscription/group/name`. */
  account: string;
  reason: string;
  ticket?: string;
  /** An emergency: fewer people decide, and a review is owed afterwards. */
  breakGlass?: true;
  by: Person;
  at: number;
  place: Place;
}>;
