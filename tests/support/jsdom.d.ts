/** The part of jsdom that the tests use; its own types are a package of their own. */
declare module 'jsdom' {
  export class JSDOM {
    constructor(html: string, options: { runScripts: 'outside-only' });
    readonly window: { eval(script: string): unknown };
  }
}
