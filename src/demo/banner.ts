export type Walkthrough = Readonly<{
  channelName: string;
  account: string;
  reason: string;
  /** Names of people of the demo. */
  requester: string;
  approvers: readonly string[];
  /** Who is asked by direct message to switch an application, when somebody is. */
  owner?: string;
  /** The titles of the two buttons as the cards show them. */
  buttons: Readonly<{ approve: string; switched: string }>;
}>;

const listed = new Intl.ListFormat('en', { type: 'conjunction' });

/** What a newcomer does, in order. What is to be typed stands between backticks. */
export function walkthrough(walk: Walkthrough): readonly string[] {
  const { channelName, account, reason, requester, approvers, owner, buttons } = walk;
  const all = listed.format(approvers);
  return [
    `As ${requester}, in the channel ${channelName}, post \`@Keysmith rotate ${account} ${reason}\``,
    `Choose ${all} in the bar at the top, one after the other, and press ${buttons.approve} on the card.`,
    'Watch the card: Keysmith regenerates the idle key, proves it, and gives it to the applications.',
    ...(owner === undefined
      ? []
      : [`Choose ${owner}, open Direct messages, and press “${buttons.switched}” on the card there.`]),
    `When the card asks again, before the old key dies, approve as ${all} once more.`,
    'The last card says how many calls the clients made meanwhile, and how many failed.',
  ];
}

/** What the demo prints when it is ready: one address, then what to do there. */
export function banner(url: string, steps: readonly string[]): string {
  const lines = steps.map((step, index) => `  ${index + 1}. ${step.replaceAll('`', '')}`);
  return ['', `Keysmith demo: open ${url}`, '', ...lines, '', 'Stop it with Ctrl+C.', ''].join('\n');
}
