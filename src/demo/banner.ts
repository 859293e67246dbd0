export type Walkthrough = Readonly<{
  channelName: string;
  account: string;
  reason: string;
  /** Names of people of the demo. */
  requester: string;
  approvers: readonly string[];
  /** Who is asked by direct message to switch an application, when somebody is. */
  owner?: string;
  /** The titles of the buttons as the cards show them. */
  buttons: Readonly<{ approve: string; switched: string; stay: string }>;
}>;

const listed = new Intl.ListFormat('en', { type: 'conjunction' });

/** What a newcomer does, in order. What is to be typed stands between backticks. */
export function walkthrough(walk: Walkthrough): readonly string[] {
  const { channelName, account, reason, requester, approvers, owner, buttons } = walk;
  const all = listed.format(approvers);
  return [
    `As ${requester}, in the channel ${channelName}, post \`@Keysmith rotate ${account} ${reason}\``,
    `The card of the rotation is the newest post. Choose ${all} in the bar at the top, one after the other, and press “${buttons.approve}” on it.`,
    'Watch the card for a minute: Keysmith regenerates the unused key, proves it, moves the applications to it, and watches their calls.',
    ...(owner === undefined
      ? []
      : [`Choose ${owner}, open Direct messages, and press “${buttons.switched}” on the card there.`]),
    `When the card asks again, before the old key dies, approve as ${all} once more.`,
    `Both keys are new now. Press “${buttons.stay}”: the applications stay where they are.`,
    'The card says how many calls the clients made meanwhile, and how many of them failed.',
  ];
}

/** What else there is to see, each with what to type. */
export const ideas: readonly string[] = [
  '`@Keysmith rotate contoso-vision audit`: both keys are in use, and Dana looks after night-batch, whose key nobody can see. She is asked by direct message which one it holds (it is Key 1), and later to switch it.',
  '`@Keysmith rotate contoso-locked test`: refused, with the reason. So are contoso-noauth, contoso-moving and contoso-twin.',
  '`@Keysmith rotate contoso-chat encryption yearly` moves it to another encryption key: choose one on the card (curve, off and lapsed show what a refusal looks like), approve as two others, stay or roll back. Then disable the previous version below, and look at the channel.',
  '`@Keysmith rotate contoso-docs encryption audit`: out of its Microsoft-managed key, through a door that opens once. It takes three approvers.',
  '`@Keysmith rotate lab-auto-one encryption test`: Azure follows its key by itself, so making a version is the switch, and lab-auto-two moves with it.',
  '`@Keysmith rotate contoso-chat --emergency the key was leaked`: Bo or Chen alone decides, the others are told at once, and one of them owes a review afterwards.',
  '`@Keysmith rotate lab-walled encryption test`: refused; so are lab-purgeable, lab-powerless, lab-policy-gap, lab-anonymous, lab-far, lab-foreign, lab-off and lab-busy, each for another reason.',
  '`@Keysmith rotate` asks with a form; `@Keysmith status` and `@Keysmith help` answer too.',
  'Reject… instead of approving, or press “Switch back” at the end.',
];

/** What the demo prints when it is ready: one address, then what to do there. */
export function banner(url: string, steps: readonly string[]): string {
  const lines = steps.map((step, index) => `  ${index + 1}. ${step.replaceAll('`', '')}`);
  return ['', `Keysmith demo: open ${url}`, '', ...lines, '', 'Stop it with Ctrl+C.', ''].join('\n');
}
