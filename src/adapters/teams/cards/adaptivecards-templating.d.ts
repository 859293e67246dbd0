/**
 * Stands in for the package's own types (see `paths` in tsconfig.json): those pull the sources of
 * `adaptivecards` into the compiler, which this project's settings refuse.
 */
export class Template {
  constructor(payload: unknown);
  expand(context: Readonly<{ $root: unknown }>): unknown;
}
