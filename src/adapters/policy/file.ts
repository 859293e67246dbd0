import type { Place } from '../../domain/request.ts';
import type { Layer, OwnRules } from './layers.ts';
import type { People } from './people.ts';
import type { PolicyProblem } from './problems.ts';
import type { Ranked } from './specificity.ts';

/** A single thing that the file says, in its own words: `gates.retire`, `2 of ada, bo, chen`, line 12. */
export type Field = Readonly<{ name: string; text: string; line: number }>;

/** An entry of `rules` or `accounts`. */
export type Entry = Ranked &
  Readonly<{
    /** `rules[0]`, `accounts[2]`. */
    at: string;
    line: number;
    layer: Layer;
    fields: readonly Field[];
  }>;

/** A policy file that keeps every rule, with everything in it resolved: people, durations, conditions. */
export type PolicyFile = Readonly<{
  fileName: string;
  /** As it was read. */
  text: string;
  tenant: string;
  people: People;
  homeChannel: Place | null;
  /** For an account that fits no entry. */
  defaults: OwnRules;
  /** What of the defaults stands in the file; the rest is built in. */
  fields: readonly Field[];
  /** The most specific first; of equals, the one that stands further up. */
  entries: readonly Entry[];
  /** The names of `accounts`, as they are written. */
  accounts: readonly string[];
  warnings: readonly PolicyProblem[];
}>;
