/**
 * Text of a message, fit for Teams, which reads Markdown and some HTML in it: what a person typed must not
 * become a tag or a link. The invisible word joiner takes such marks apart and leaves the text as it reads.
 */
export const harmless = (text: string): string =>
  text.replace(/<(?=[a-z/!])/gi, '<\u2060').replace(/\](?=[([])/g, ']\u2060');
